"""Susceptibility: how much the order of a flock fluctuates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from netware.needs.base import AbstractNeed
from netware.needs.state import HasColumn
from netware.parameters import Column, PopulationName
from netware.probes.base import AbstractProbe
from netware.probes.flocking.base import mean_powers
from netware.world import World


@dataclass(frozen=True)
class Susceptibility(AbstractProbe):
    """Measures the variance of the order parameter over time, times the number of agents.

    chi = N (<phi^2> - <phi>^2)

    It peaks where order comes or goes. In disorder in the plane it is 1 - pi / 4.

    Args:
        on: Population to measure.
        state: Column of sums that the rule `order_moments` writes; averages run over the steps at
            which that rule was due, each replica by itself.

    Reads: state.
    Quantities: `susceptibility`. [1]

    Source: Chate et al. (2008), Phys. Rev. E 77, 046113, doi:10.1103/PhysRevE.77.046113.
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "moments"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"susceptibility": ()}
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasColumn("state", (4,), fix="name the column that the rule 'order_moments' writes"),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the susceptibility of each replica."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        first, second, _ = mean_powers(population, self.state)
        return {"susceptibility": population.agents * (second - first.square())}
