"""Payoff: what agents earn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from netware.needs.base import AbstractNeed
from netware.needs.state import ONE, HasColumn
from netware.parameters import Column, PopulationName
from netware.probes.base import AbstractProbe
from netware.probes.numbers import real
from netware.world import World


@dataclass(frozen=True)
class Payoff(AbstractProbe):
    """Measures what the agents of a replica earned.

    mean = 1/N sum_i u_i,   most = max_i u_i,   least = min_i u_i

    Args:
        on: Population to measure.
        state: Column of payoffs, one number for each agent.

    Reads: state.
    Quantities: `mean`, `most` and `least`, in the unit of payoffs.

    Source: von Neumann and Morgenstern (1944), Theory of Games and Economic Behavior, Princeton.
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "payoff"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"mean": (), "most": (), "least": ()}
    needs: ClassVar[tuple[AbstractNeed, ...]] = (HasColumn("state", ONE),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the three quantities of each replica."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        u = population.per_replica(real(population[self.state]).flatten())
        return {"mean": u.mean(1), "most": u.amax(1), "least": u.amin(1)}
