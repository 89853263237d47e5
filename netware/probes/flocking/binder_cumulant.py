"""Binder cumulant: whether order comes all at once or little by little."""

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
class BinderCumulant(AbstractProbe):
    """Measures the shape of the distribution of the order parameter over time.

    G = 1 - <phi^4> / (3 <phi^2>^2)

    2/3 in order; 1/3 for the disorder of many agents in the plane, 4/9 in space. Where order and
    disorder come in turns, as at a discontinuous transition, it falls far below, even below 0.

    Args:
        on: Population to measure.
        state: Column of sums that the rule `order_moments` writes; averages run over the steps at
            which that rule was due, each replica by itself.

    Reads: state.
    Quantities: `binder_cumulant`; `mean_order`, <phi>. [1]

    Source: Binder (1981), Z. Phys. B 43, 119, doi:10.1007/BF01293604; of flocks: Gregoire and Chate
    (2004), Phys. Rev. Lett. 92, 025702, doi:10.1103/PhysRevLett.92.025702.
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "moments"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"binder_cumulant": (), "mean_order": ()}
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasColumn("state", (4,), fix="name the column that the rule 'order_moments' writes"),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns both quantities of each replica."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        first, second, fourth = mean_powers(population, self.state)
        return {"binder_cumulant": 1 - fourth / (3 * second.square()), "mean_order": first}
