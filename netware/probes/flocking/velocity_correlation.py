"""Velocity correlation: how far apart agents still turn together."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import torch
from torch import Tensor

from netware.axes import LAG
from netware.needs.base import AbstractNeed
from netware.needs.state import VECTOR, HasColumn, InSpace
from netware.parameters import Column, Count, PopulationName, Positive
from netware.probes.base import AbstractProbe
from netware.probes.numbers import real
from netware.space.neighbors import sums_within
from netware.world import World


@dataclass(frozen=True)
class VelocityCorrelation(AbstractProbe):
    """Measures how alike agents at some distance deviate from the mean velocity.

    C(r) = <dv_i . dv_j> over pairs about r apart / <|dv_i|^2>,   dv_i = v_i - mean

    1 at distance 0. Where it falls to 0 is the correlation length: in starlings it grows with the
    flock.

    Args:
        on: Population to measure.
        reach: Distance up to which pairs are looked at. [length]
        bins: Rings of equal width that they are sorted into. [1]
        state: Column of velocities or headings `(agents, space)`.

    Reads: position; state.
    Quantities: `correlation` [1] and `distance`, the middle of each ring [length] (index column
    `lag`); `length`, the middle of the first ring where C <= 0, `reach` if there is none [length].
    No number for a ring without pairs, nor where all have one velocity.

    Source: Cavagna et al. (2010), Proc. Natl. Acad. Sci. 107, 11865, doi:10.1073/pnas.1005766107.
    Departs from it: nothing.
    """

    on: PopulationName
    reach: Positive
    bins: Count = 10
    state: Column = "velocity"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "correlation": (LAG,),
        "distance": (LAG,),
        "length": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasColumn("state", VECTOR),
        InSpace(),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the quantities of each replica."""
        self.insist(world)
        population, space = world[self.on], world.needs_space("velocity_correlation")
        if not population.agents:
            return self.nothing(population, {LAG: self.bins})
        velocity = population.per_replica(real(population[self.state]))
        apart = (velocity - velocity.mean(1, keepdim=True)).flatten(0, 1)
        edges = [self.reach * ring / self.bins for ring in range(self.bins + 1)]
        rings = []
        for low, high in pairwise(edges):

            def beyond(square: Tensor, low: float = low) -> Tensor:
                return (square > low**2).to(square.dtype)

            total, count = sums_within(
                population["position"], apart, high, space, population.replicas, beyond
            )
            alike = population.per_replica((apart * total).sum(1)).sum(1)
            rings.append(alike / population.per_replica(count).sum(1))
        strength = population.per_replica(apart.square().sum(1)).mean(1, keepdim=True)
        correlation = torch.stack(rings, 1) / strength
        middle = torch.tensor(
            [(low + high) / 2 for low, high in pairwise(edges)],
            dtype=correlation.dtype,
            device=correlation.device,
        ).expand_as(correlation)
        length = torch.where(correlation <= 0, middle, self.reach).amin(1)
        length = length.where(correlation.isfinite().any(1), torch.nan)
        return {"correlation": correlation, "distance": middle, "length": length}
