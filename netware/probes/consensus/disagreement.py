"""Disagreement: how far a population is from its mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.needs.base import AbstractNeed
from netware.needs.state import HasColumn
from netware.parameters import Column, PopulationName
from netware.probes.base import AbstractProbe
from netware.probes.numbers import real
from netware.world import World


@dataclass(frozen=True)
class Disagreement(AbstractProbe):
    """Measures how far the agents of a replica are from their mean.

    disagreement = sqrt(1/N sum_i ||x_i - mean||^2),   spread = max over i, k of x_ik - min

    Args:
        on: Population to measure.
        state: Column of state that agents may agree on, or `weights` for all their weights.

    Reads: state, or weights.
    Quantities: `disagreement` and `spread`, in the unit of the state; `mean`, averaged over its
    components. Whole numbers are measured in float64.

    Source: Olfati-Saber, Fax and Murray (2007), Proc. IEEE 95, 215, doi:10.1109/JPROC.2006.887293.
    Departs from it: divides by sqrt(N), so that populations of any size compare.
    """

    on: PopulationName
    state: Column = "output"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "disagreement": (),
        "spread": (),
        "mean": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (HasColumn("state", weights=True),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the three quantities of each replica."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        held = [
            real(values).reshape(population.total, -1)
            for values in population.held(self.state).values()
        ]
        x = population.per_replica(held[0] if len(held) == 1 else torch.cat(held, 1))
        delta = x - x.mean(1, keepdim=True)
        return {
            "disagreement": delta.square().sum(2).mean(1).sqrt(),
            "spread": (x.amax(1) - x.amin(1)).amax(1),
            "mean": x.mean((1, 2)),
        }
