"""Binder cumulant: whether order comes all at once or little by little."""

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
class BinderCumulant(AbstractRememberingProbe):
    """Measures the shape of the distribution of the order parameter over time.

    G = 1 - <phi^4> / (3 <phi^2>^2)

    2/3 in order; 1/3 for the disorder of many agents in the plane, 4/9 in space. Where order and
    disorder come in turns, as at a discontinuous transition, it falls far below, even below 0.

    Args:
        on: Population to measure.
        state: Column of headings or velocities `(agents, space)`.
        warmup: Steps that the averages leave out; they run over every step after, each replica by
            itself, whenever the probe is read. [steps]

    Reads: state.
    Quantities: `binder_cumulant`; `mean_order`, <phi>. [1]

    Source: Binder (1981), Z. Phys. B 43, 119, doi:10.1007/BF01293604; of flocks: Gregoire and Chate
    (2004), Phys. Rev. Lett. 92, 025702, doi:10.1103/PhysRevLett.92.025702.
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "heading"
    warmup: Index = 0

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"binder_cumulant": (), "mean_order": ()}
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
        """Returns both quantities of each replica."""
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        first, second, fourth = mean_powers(memory)
        return {"binder_cumulant": 1 - fourth / (3 * second.square()), "mean_order": first}
