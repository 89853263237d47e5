"""Coalition sizes: into how many coalitions agents have parted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.parameters import Column, PopulationName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class CoalitionSizes(AbstractProbe):
    """Measures into how many coalitions the agents of a replica have parted, and how large.

    Args:
        on: Population to measure.
        state: Column of coalitions: agents of the same whole number are together.

    Reads: state.
    Quantities: `number` of coalitions; `largest` and `mean_size`, agents in one. [1]

    Source: Apt and Witzel (2009), Int. Game Theory Rev. 11, 347, doi:10.1142/S0219198909002352.
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "coalition"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "number": (),
        "largest": (),
        "mean_size": (),
    }

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the three quantities of each replica."""
        population = world[self.on]
        label = population.per_replica(population[self.state].reshape(population.total)).long()
        size = torch.zeros_like(label).scatter_add_(
            1, label.clamp(0, population.agents - 1), torch.ones_like(label)
        )
        number = (size > 0).sum(1)
        return {
            "number": number,
            "largest": size.amax(1),
            "mean_size": population.agents / number.to(population.dtype),
        }
