"""Median gap: a probe of one's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from netware.axes import AGENT
from netware.needs.state import ONE, HasColumn
from netware.parameters import Column, PopulationName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class MedianGap(AbstractProbe):
    """Measures how far each agent is from the median, and the median of that.

    own_i = |x_i - median x|,   gap = median own

    Args:
        on: Population to measure.
        state: Column of state.

    Reads: `state`.

    Source: an example of this page.
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "x"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"gap": (), "own": (AGENT,)}
    needs: ClassVar = (HasColumn("state", ONE, floating=True),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns both, replica by replica; nan where everyone has died."""
        people = world[self.on]
        if not people.total:
            return self.nothing(people)
        x = people.per_replica(people[self.state]).flatten(1)
        own = (x - x.quantile(0.5, 1, keepdim=True)).abs()
        return {"gap": own.quantile(0.5, 1), "own": own}
