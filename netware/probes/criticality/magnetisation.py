"""Magnetisation: order, energy and fluctuations of spins."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from netware.needs.base import AbstractNeed
from netware.needs.edges import Joins
from netware.needs.state import HasColumn
from netware.parameters import Column, PopulationName, Real, RelationName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class Magnetisation(AbstractProbe):
    """Measures how far spins point one way, what energy they have, and how both fluctuate.

    m = 1/N sum_i s_i,   e = -1/N [J/2 sum_ij a_ij s_i s_j + h sum_i s_i],
    chi = N (<m^2> - <|m|>^2) / T,   averages over the turns that the rule has counted

    Args:
        on: Population of spins.
        over: Relation whose edges, one in each direction, say which spins feel each other.
        coupling: J. [energy]
        field: h. [energy]
        state: Column of spins `(agents,)`.
        moments: Column `(agents, 4)` that the rule `ising` keeps: turns counted, sum of |m|, sum
            of m^2, and T.

    Reads: state, moments; edges of `over`, with their weights.
    Quantities: `magnetisation`, m; `absolute`, |m|; `energy` per spin, e; `susceptibility`, chi per
    spin, not a number before the second turn that counts. [1]

    Source: Onsager (1944), Phys. Rev. 65, 117, doi:10.1103/PhysRev.65.117.
    Departs from it: nothing; chi is that of |m|, since in a finite system m changes its sign.
    """

    on: PopulationName
    over: RelationName
    coupling: Real = 1.0
    field: Real = 0.0
    state: Column = "spin"
    moments: Column = "moments"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "magnetisation": (),
        "absolute": (),
        "energy": (),
        "susceptibility": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasColumn("state", (), floating=True),
        HasColumn("moments", (4,), fix="name the column that the rule 'ising' keeps"),
        Joins("over"),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns all quantities of each replica."""
        self.insist(world)
        population, edges = world[self.on], world.edges[self.over]
        if not population.agents:
            return self.nothing(population)
        spins = population[self.state]
        energy = -spins * (edges.total(spins) * (self.coupling / 2) + self.field)
        m = population.per_replica(spins).mean(1)
        moments = population[self.moments].double()
        turns, total, squares, heat = population.per_replica(moments)[:, 0].unbind(-1)
        variance = squares / turns - (total / turns).square()
        chi = population.agents * variance.clamp(min=0) / heat
        return {
            "magnetisation": m,
            "absolute": m.abs(),
            "energy": population.per_replica(energy).mean(1),
            "susceptibility": chi.masked_fill(turns < 2, float("nan")),
        }
