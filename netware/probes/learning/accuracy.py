"""Accuracy: the share of examples that agents answer right, one by one and together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from torch import Tensor

from netware.axes import AGENT
from netware.learning.losses import right, verdict
from netware.needs.base import AbstractNeed
from netware.needs.models import ReadsTask
from netware.parameters import PopulationName, TaskName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class Accuracy(AbstractProbe):
    """Measures the share of examples that each agent, and all agents together, answer right.

    accuracy_i = 1/N sum_n [y_i(x_n) is right],   majority: the same of the agents' joint answer

    An answer is right if the largest output is the target's class; where targets are numbers, if
    every output rounds to its target; where they are patterns, if every output has its sign. The
    joint answer is the class with most votes (the first of equals), else the mean of the outputs.

    Args:
        on: Population to measure.
        task: Task whose examples are shown.
        split: `test` or `train` examples.

    Reads: weights, and the columns of state that the model reads.
    Quantities: `accuracy` of each agent; `mean`, `best` and `majority` of a replica.

    Source: de Jong, Meigel and Rulands (2025), arXiv:2501.05550, Methods, for rounded labels.
    Departs from it: nothing.
    """

    on: PopulationName
    task: TaskName
    split: Literal["test", "train"] = "test"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "accuracy": (AGENT,),
        "mean": (),
        "best": (),
        "majority": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (ReadsTask(),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns every agent's accuracy, their mean and best, and that of the joint answer."""
        self.insist(world)
        population, data = world[self.on], world.examples[self.task]
        shared = data.test if self.split == "test" else data.train
        if not population.agents:
            return self.nothing(population)
        examples = shared.of(population.replica)
        outputs = examples.asked(population.forward(examples.inputs))
        correct = right(outputs, examples.targets, examples.goal).to(outputs.dtype)
        each = population.per_replica(correct.mean(1))
        together = verdict(population.per_replica(outputs), examples.goal)
        majority = right(together, shared.targets, examples.goal).to(outputs.dtype).mean(1)
        return {
            "accuracy": each,
            "mean": each.mean(1),
            "best": each.amax(1),
            "majority": majority,
        }
