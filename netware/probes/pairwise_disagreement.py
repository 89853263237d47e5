"""Pairwise disagreement: how often two agents answer the same question differently."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from torch import Tensor

from netware.axes import TOPIC
from netware.errors import ScenarioError
from netware.losses import must_fit, verdict
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
        on: Population to measure, of two agents or more.
        task: Task of classes whose examples are shown.
        split: `test` or `train` examples.

    Reads: weights, and the columns of state that the model reads.
    Quantities: `pairwise_disagreement`; `majority`, the mean share of agents that answer as most
    do; `votes`, the share of all answers that each class gets, by class (index `topic`).

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

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns disagreement, majority and votes of each replica."""
        population, data = world[self.on], world.examples[self.task]
        shared = data.test if self.split == "test" else data.train
        where = f"probes: pairwise_disagreement of '{self.on}'"
        must_fit(where, population, shared)
        if shared.goal != "classes" or population.agents < 2:
            found = f"targets that are {shared.goal}" if population.agents > 1 else "one agent"
            raise ScenarioError(
                where,
                found=found,
                expected="two agents or more, and a task of classes",
                fix="measure 'disagreement' of the column 'output' for tasks without classes",
            )
        examples = shared.of(population.replica)
        outputs = examples.asked(population.forward(examples.inputs))
        share = verdict(population.per_replica(outputs), "classes") / population.agents
        apart = 1 - share.square().sum(2)
        return {
            "pairwise_disagreement": apart.mean(1) * population.agents / (population.agents - 1),
            "majority": share.amax(2).mean(1),
            "votes": share.mean(1),
        }
