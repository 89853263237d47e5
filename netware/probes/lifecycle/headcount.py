"""Headcount: how many agents there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.parameters import PopulationName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class Headcount(AbstractProbe):
    """Counts who is alive, and how many of them were there from the start.

    living = sum_i alive_i,   initial = sum_i alive_i [id_i < agents]
    last = max id_i of the living

    Args:
        on: Population to count.

    Reads: alive, identity.
    Quantities: `living`, `initial` and `last`, the highest id of an agent alive, nan where
    there is none, of a replica.

    Source: own definition.
    Departs from it: nothing.
    """

    on: PopulationName

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "living": (),
        "initial": (),
        "last": (),
    }
    counts_the_dead: ClassVar[bool] = True

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the three numbers."""
        population = world[self.on]
        alive = population.alive
        if alive is None:
            alive = torch.ones(population.total, dtype=torch.bool, device=population.device)
        there, ids = population.per_replica(alive), population.per_replica(population.names)
        last = torch.where(there, ids, -1).amax(1).double()
        return {
            "living": there.sum(1).double(),
            "initial": (there & (ids < population.initial_agents)).sum(1).double(),
            "last": last.where(there.any(1), torch.nan),
        }
