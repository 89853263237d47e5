"""Susceptibility: how much the order of a flock fluctuates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from netware.needs.base import AbstractNeed
from netware.needs.state import VECTOR, HasColumn
from netware.parameters import Column, Index, PopulationName
from netware.probes.base import AbstractRememberingProbe, Memory
from netware.probes.flocking.base import POWERS, mean_powers, no_powers, with_powers
from netware.world import World


@dataclass(frozen=True)
class Susceptibility(AbstractRememberingProbe):
    """Measures the variance of the order parameter over time, times the number of agents.

    chi = N (<phi^2> - <phi>^2)

    It peaks where order comes or goes. In disorder in the plane it is 1 - pi / 4.

    Args:
        on: Population to measure.
        state: Column of headings or velocities `(agents, space)`.
        warmup: Steps that the averages leave out; they run over every step after, each replica by
            itself, whenever the probe is read. [steps]

    Reads: state.
    Quantities: `susceptibility`. [1]

    Source: Chate et al. (2008), Phys. Rev. E 77, 046113, doi:10.1103/PhysRevE.77.046113.
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "heading"
    warmup: Index = 0

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"susceptibility": ()}
    memory: ClassVar[Mapping[str, tuple[str, ...]]] = dict.fromkeys(POWERS, ())
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasColumn("state", VECTOR, fix="name a column such as 'heading' or 'velocity'"),
    )

    def begin(self, world: World) -> dict[str, Tensor]:
        """Returns sums of nothing yet: the beginning itself does not count."""
        self.insist(world)
        return no_powers(world[self.on])

    def remember(self, world: World, memory: Memory) -> dict[str, Tensor]:
        """Returns the sums with this step's order in them, once the warmup is over."""
        if world.step <= self.warmup:
            return dict(memory)
        return with_powers(world[self.on], self.state, memory)

    def recall(self, world: World, memory: Memory) -> dict[str, Tensor]:
        """Returns the susceptibility of each replica."""
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        first, second, _ = mean_powers(memory)
        return {"susceptibility": population.agents * (second - first.square())}
