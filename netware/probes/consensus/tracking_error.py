"""Tracking error: how far agents are from what they follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from netware.needs.base import AbstractNeed
from netware.needs.state import HasColumn, SameShape
from netware.parameters import Column, PopulationName
from netware.probes.base import AbstractProbe
from netware.probes.numbers import real
from netware.world import World


@dataclass(frozen=True)
class TrackingError(AbstractProbe):
    """Measures the distance between two columns of state: an estimate and the truth.

    tracking_error = sqrt(1/N sum_i ||x_i - s_i||^2),   joint_error = ||1/N sum_i (x_i - s_i)||

    Independent errors cancel in the mean: then the joint error is 1 / sqrt(N) of the single one.

    Args:
        on: Population to measure.
        state: Column of state that follows.
        signal: Column of state that is followed.

    Reads: both columns.
    Quantities: `tracking_error` and `joint_error`, in the unit of the state.

    Source: Olfati-Saber (2005), Proc. 44th IEEE CDC, 8179, doi:10.1109/CDC.2005.1583486.
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "estimate"
    signal: Column = "signal"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"tracking_error": (), "joint_error": ()}
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasColumn("state"),
        HasColumn("signal"),
        SameShape("state", "signal"),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns both errors of each replica."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        x, s = real(population[self.state]), real(population[self.signal])
        error = (x.flatten() - s.flatten()).view(population.replicas, population.agents, -1)
        return {
            "tracking_error": error.square().sum(2).mean(1).sqrt(),
            "joint_error": error.mean(1).norm(dim=1),
        }
