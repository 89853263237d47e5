"""Order parameter: how far a flock flies in one direction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from netware.needs.base import AbstractNeed
from netware.needs.state import VECTOR, HasColumn
from netware.parameters import Column, PopulationName
from netware.probes.base import AbstractProbe
from netware.probes.numbers import real
from netware.world import World


@dataclass(frozen=True)
class OrderParameter(AbstractProbe):
    """Measures how far the agents of a replica head the same way.

    phi = |1/N sum_i e_i|, e_i of length 1: 1 if all head one way; for independent headings in the
    plane its mean is sqrt(pi / (4 N))

    Args:
        on: Population to measure.
        state: Column of headings or velocities `(agents, space)`, whose lengths do not count; who
            stands still, heads nowhere.

    Reads: state.
    Quantities: `order_parameter`, 0 to 1. [1]

    Source: Vicsek et al. (1995), Phys. Rev. Lett. 75, 1226, doi:10.1103/PhysRevLett.75.1226.
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "heading"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"order_parameter": ()}
    needs: ClassVar[tuple[AbstractNeed, ...]] = (HasColumn("state", VECTOR),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the order parameter of each replica."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        heading = units(population.per_replica(real(population[self.state])))
        return {"order_parameter": heading.mean(1).norm(dim=-1)}


def units(v: Float[Tensor, "*agents space"]) -> Float[Tensor, "*agents space"]:
    """Returns vectors of length 1 along these, however short they are; 0 where they are 0."""
    largest = v.abs().amax(-1, keepdim=True)
    scaled = v / torch.where(largest == 0, 1, largest)
    length = scaled.norm(dim=-1, keepdim=True)
    return scaled / torch.where(length == 0, 1, length)
