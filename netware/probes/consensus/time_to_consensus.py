"""Time to consensus: when the agents of a replica came to agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.needs.base import AbstractNeed
from netware.needs.state import HasColumn
from netware.parameters import Column, PopulationName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class TimeToConsensus(AbstractProbe):
    """Measures the time at which the agents of each replica came within a tolerance, for good.

    T as the rule `agreement_clock` notes it at the end of each step, 0 if they have agreed from the
    beginning; no number while they differ

    Args:
        on: Population to measure.
        state: Column that the rule `agreement_clock` writes.

    Reads: state.
    Quantities: `time` of a replica [time]; `agreed`, 1 if they agree now.

    Source: Olfati-Saber, Fax and Murray (2007), Proc. IEEE 95, 215, doi:10.1109/JPROC.2006.887293.
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "agreed_since"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"time": (), "agreed": ()}
    needs: ClassVar[tuple[AbstractNeed, ...]] = (HasColumn("state", ()),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns when, and whether, each replica came to agree."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        since = population.per_replica(population[self.state])[:, 0].double()
        agreed = since >= 0
        nothing = torch.full_like(since, torch.nan)
        return {"time": torch.where(agreed, since, nothing), "agreed": agreed.double()}
