"""Pairwise disagreement: how often two agents answer the same question differently."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from typing import ClassVar, Literal

from torch import Tensor

from netware.axes import TOPIC
from netware.learning.losses import verdict
from netware.needs.base import AbstractNeed
from netware.needs.models import ReadsTask
from netware.parameters import PopulationName, TaskName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class PairwiseDisagreement(AbstractProbe):
    """Measures how often two agents of a replica put an example into different classes.

    pairwise_disagreement = N / (N - 1) mean over examples of (1 - sum_k p_k^2),
    p_k the share of the N agents that answer class k

    0 if all agents answer alike, whether they are right or not; 1/2 if half answer one way and half
    the other, by chance, for every example.

    Args:
        on: Population to measure.
        task: Task of classes whose examples are shown.
        split: `test` or `train` examples.

    Reads: weights, and the columns of state that the model reads.
    Quantities: `pairwise_disagreement`, nan of one agent; `majority`, the mean share of agents
    that answer as most do; `votes`, the share of all answers that each class gets, by class (index
    `topic`).

    Source: Kuncheva and Whitaker (2003), Mach. Learn. 51, 181, doi:10.1023/A:1022859003006.
    Departs from it: answers differ, not whether they are right.
    """

    on: PopulationName
    task: TaskName
    split: Literal["test", "train"] = "test"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "pairwise_disagreement": (),
        "majority": (),
        "votes": (TOPIC,),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (ReadsTask(classes=True),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns disagreement, majority and votes of each replica."""
        self.insist(world)
        population, data = world[self.on], world.examples[self.task]
        shared = data.test if self.split == "test" else data.train
        if not population.agents:
            return self.nothing(population, {TOPIC: shared.targets.shape[2]})
        examples = shared.of(population.replica)
        outputs = examples.asked(population.forward(examples.inputs))
        share = verdict(population.per_replica(outputs), "classes") / population.agents
        apart = 1 - share.square().sum(2)
        pairs = population.agents / (population.agents - 1) if population.agents > 1 else nan
        return {
            "pairwise_disagreement": apart.mean(1) * pairs,
            "majority": share.amax(2).mean(1),
            "votes": share.mean(1),
        }
