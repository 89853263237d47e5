"""Volatility: how far a population is from splitting evenly."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from netware.needs.base import AbstractNeed
from netware.needs.state import HasColumn
from netware.parameters import Column, PopulationName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class Volatility(AbstractProbe):
    """Measures the variance of the attendance of a minority game, per agent.

    volatility = sigma^2 / N,   sigma^2 = <A^2> - <A>^2 over all rounds counted so far

    1 if all toss coins; below 1 agents coordinate, above 1 they herd. No number before the second
    round that counts.

    Args:
        on: Population that plays.
        state: Column `(agents, 3)` of rounds, sum of A and sum of A^2, which `minority_game` keeps.

    Reads: state.
    Quantities: `volatility` [1]; `bias`, the mean of A per agent [1].

    Source: Challet and Zhang (1997), Physica A 246, 407, doi:10.1016/S0378-4371(97)00419-6;
    Savit, Manuca and Riolo (1999), Phys. Rev. Lett. 82, 2203, doi:10.1103/PhysRevLett.82.2203.
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "attendance"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"volatility": (), "bias": ()}
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasColumn("state", (3,), fix="name the column that a minority game keeps"),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns both quantities of each replica."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        sums = population[self.state].double()
        rounds, total, squares = population.per_replica(sums)[:, 0].unbind(-1)
        mean = total / rounds
        variance = (squares / rounds - mean.square()).masked_fill(rounds < 2, float("nan"))
        return {"volatility": variance / population.agents, "bias": mean / population.agents}
