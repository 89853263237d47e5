"""Coalition sizes: into how many coalitions agents have parted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.needs.base import AbstractNeed
from netware.needs.state import ONE, HasColumn
from netware.parameters import Column, PopulationName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class CoalitionSizes(AbstractProbe):
    """Measures into how many coalitions the agents of a replica have parted, and how large.

    Args:
        on: Population to measure.
        state: Column of coalitions: agents of the same number are together.

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
    needs: ClassVar[tuple[AbstractNeed, ...]] = (HasColumn("state", ONE),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the three quantities of each replica."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        label = population.per_replica(population[self.state].reshape(population.total))
        label = label.sort(1).values
        place = torch.nn.functional.pad((label[:, 1:] != label[:, :-1]).long().cumsum(1), (1, 0))
        size = torch.zeros_like(place).scatter_add_(1, place, torch.ones_like(place))
        number = (size > 0).sum(1)
        return {
            "number": number,
            "largest": size.amax(1),
            "mean_size": population.agents / number.to(population.dtype),
        }
