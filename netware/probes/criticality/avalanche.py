"""Avalanche: how large the last one was, and what law all of them follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from netware.axes import SIZE
from netware.errors import ScenarioError
from netware.measures.power_law import exponent
from netware.needs.base import AbstractNeed
from netware.needs.state import HasColumn
from netware.parameters import Column, Count, PopulationName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class Avalanche(AbstractProbe):
    """Measures the sizes of avalanches: the last one, and the law of all that were counted.

    P(s) ~ s^-exponent for smallest <= s <= largest, by maximum likelihood over these sizes alone.

    Args:
        on: Population to measure.
        smallest: Smallest size that the exponent looks at. [1]
        largest: Largest size that it looks at; sizes that count as the last entry are left out. [1]
        firings: Column `(agents,)` of how often each fired in the last avalanche.
        state: Column `(agents,)` whose entry i counts avalanches of size i + 1, in the last entry
            those of the size of the system and larger.

    Reads: firings, state.
    Quantities: `size`, firings in the last avalanche, 0 if there was none [1]; `number` of
    avalanches counted [1]; `exponent` [1]; `spanning`, the share of avalanches at least as large as
    the system [1]; `share`, that of avalanches of each size, at index size - 1 [1]. Not a number
    before there were any.

    Source: Clauset, Shalizi and Newman (2009), SIAM Rev. 51, 661, doi:10.1137/070710111.
    Departs from it: the range of sizes is given, not sought.
    """

    on: PopulationName
    smallest: Count = 2
    largest: Count = 60
    firings: Column = "firings"
    state: Column = "avalanches"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "size": (),
        "number": (),
        "exponent": (),
        "spanning": (),
        "share": (SIZE,),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasColumn("firings", ()),
        HasColumn("state", ()),
    )

    def __post_init__(self):
        """Refuses a range without sizes."""
        if self.smallest >= self.largest:
            raise ScenarioError(
                "avalanche.smallest",
                found=f"smallest: {self.smallest}, largest: {self.largest}",
                expected="a smallest size below the largest",
                fix="write 'smallest: 2' and 'largest: 60'",
            )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns all quantities of each replica."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population, {SIZE: 0})
        counts = population.per_replica(population[self.state])
        last = population.per_replica(population[self.firings])
        number = counts.sum(1)
        share = counts.double() / number[:, None]
        within = counts[:, : max(self.smallest, population.agents - 1)]
        return {
            "size": last.double().sum(1),
            "number": number.double(),
            "exponent": exponent(within.long(), self.smallest, self.largest).to(population.dtype),
            "spanning": share[:, -1].to(population.dtype),
            "share": share.to(population.dtype),
        }
