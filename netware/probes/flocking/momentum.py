"""Momentum: how fast a flock moves as a whole, and how much its agents differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from netware.needs.base import AbstractNeed
from netware.needs.state import VECTOR, HasColumn
from netware.parameters import Column, PopulationName
from netware.probes.base import AbstractProbe
from netware.probes.numbers import real
from netware.world import World


@dataclass(frozen=True)
class Momentum(AbstractProbe):
    """Measures the mean velocity of a replica's agents, and how far each is from it.

    momentum = |1/N sum_i v_i|,   mismatch = sqrt(1/N sum_i |v_i - mean|^2),
    speed = 1/N sum_i |v_i|

    Symmetric influence keeps the momentum; alignment to a mean of neighbours does not.

    Args:
        on: Population to measure.
        state: Column of velocities `(agents, space)`.

    Reads: state.
    Quantities: `mismatch`, `momentum` and `speed`, for agents of mass 1. [length / time]

    Source: Cucker and Smale (2007), IEEE Trans. Autom. Control 52, 852,
    doi:10.1109/TAC.2007.895842.
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "velocity"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "mismatch": (),
        "momentum": (),
        "speed": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (HasColumn("state", VECTOR),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the three quantities of each replica."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        v = population.per_replica(real(population[self.state]))
        mean = v.mean(1, keepdim=True)
        return {
            "mismatch": (v - mean).square().sum(2).mean(1).sqrt(),
            "momentum": mean[:, 0].norm(dim=-1),
            "speed": v.norm(dim=2).mean(1),
        }
