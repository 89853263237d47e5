"""Iteration accuracy: how many iterations of a URN its answers need."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from netware.axes import AGENT, ITERATION
from netware.measures.unrolled import recursion_of, stopped_accuracies
from netware.needs.base import AbstractNeed
from netware.needs.models import ReadsTask
from netware.needs.synapses import HasRecursion
from netware.parameters import PopulationName, TaskName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class IterationAccuracy(AbstractProbe):
    """Measures the share of right answers, were the recursion stopped at each iteration.

    accuracy_l = 1/N sum_n [the last neurons of N^(l)(x_n) are right],   l = 1 .. I

    The first l from which it stays at its final value is the number of layers that have emerged,
    hidden ones l - 1.

    Args:
        on: Population of URNs to measure.
        task: Task whose test samples are shown.

    Reads: weights.
    Quantities: `accuracy` of each agent and iteration, 0 (outputs still zero) to I.

    Source: Golkar (2019), arXiv:1911.11691, section 2, on residual output nodes.
    Departs from it: the paper reads the number of layers off the activities.
    """

    on: PopulationName
    task: TaskName

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"accuracy": (AGENT, ITERATION)}
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasRecursion(),
        ReadsTask(),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns every agent's accuracies."""
        self.insist(world)
        population, examples = world[self.on], world.examples[self.task].test
        if not population.agents:
            return self.nothing(population, {ITERATION: recursion_of(population).iterations + 1})
        return {"accuracy": population.per_replica(stopped_accuracies(population, examples))}
