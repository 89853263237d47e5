"""Shares: how large a part of a population plays each strategy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from netware.axes import UNIT
from netware.needs.base import AbstractNeed
from netware.needs.state import VECTOR, HasColumn
from netware.parameters import Column, PopulationName
from netware.probes.base import AbstractProbe
from netware.probes.numbers import real
from netware.world import World


@dataclass(frozen=True)
class Shares(AbstractProbe):
    """Measures which part of a replica's agents plays each strategy.

    share_k = 1/N sum_i x_ik

    Args:
        on: Population to measure.
        state: Column of strategies `(agents, strategies)`, whose rows sum to 1.

    Reads: state.
    Quantities: `share` of each strategy (index column `unit`); `first` and `last`, those of the
    first and the last strategy, such as cooperation and defection. [1]

    Source: Maynard Smith and Price (1973), Nature 246, 15, doi:10.1038/246015a0.
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "strategy"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "share": (UNIT,),
        "first": (),
        "last": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasColumn("state", VECTOR, fix="name the column of strategies that a game keeps"),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the shares of each replica."""
        self.insist(world)
        population = world[self.on]
        x = real(population[self.state])
        if not population.agents:
            return self.nothing(population, {UNIT: x.shape[1]})
        share = population.per_replica(x).mean(1)
        return {"share": share, "first": share[:, 0], "last": share[:, -1]}
