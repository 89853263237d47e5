"""Shapley: what each agent adds to the coalitions that it may join."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import torch
from torch import Tensor

from netware.axes import AGENT
from netware.draws import Purpose
from netware.errors import Problem
from netware.measures.coalition_games.base import AbstractCoalitionGame
from netware.measures.coalition_games.size_power import SizePower
from netware.measures.coalitions import (
    MOST_EXACT,
    shapley,
    shapley_sampled,
    values_of_all,
)
from netware.needs.base import AbstractNeed, Surroundings, population_of
from netware.needs.state import ONE, HasColumn
from netware.parameters import Column, Count, Member, PopulationName
from netware.probes.base import AbstractProbe
from netware.scenario.members.signature import type_name
from netware.world import World


SQUARES = SizePower()


@dataclass(frozen=True)
class Countable(AbstractNeed):
    """So few agents that all their coalitions can be looked at, unless orders are sampled."""

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns that there are more coalitions than memory holds."""
        population = population_of(member, world)
        if population is None or member.method == "sampled" or population.agents <= MOST_EXACT:
            return []
        agents = population.agents
        return [
            Problem(
                f"{where}.method",
                f"'exact' for {agents} agents, and so 2^{agents} coalitions",
                f"at most {MOST_EXACT} agents, or 'sampled'",
                "write 'method: sampled'",
            )
        ]

    def sentence(self) -> str:
        """Says how many agents."""
        return f"at most {MOST_EXACT} agents, or 'method: sampled'"


@dataclass(frozen=True)
class WorthIfAsked(AbstractNeed):
    """A column of one number that each agent brings, where the game asks for it."""

    column: ClassVar[AbstractNeed] = HasColumn("worth", ONE)

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns what is wrong with the column."""
        return self.column.unmet(member, world, where) if member.game.asks_worth else []

    def sentence(self) -> str:
        """Says which column, and when."""
        return f"{self.column.sentence()}, unless the game does not ask"


@dataclass(frozen=True)
class Shapley(AbstractProbe):
    """Measures each agent's Shapley value in a game among all agents of a replica.

    phi_i = sum over S without i of |S|! (N - |S| - 1)! / N! (v(S + i) - v(S))

    The values of all agents sum to what all together are worth.

    Args:
        on: Population whose agents may form coalitions.
        game: What a coalition of agents is worth, of what each of them brings.
        worth: Column of what each agent brings; not read where the game does not ask.
        method: `exact` looks at all coalitions of at most 12 agents; `sampled` lets agents join in
            random orders.
        orders: Orders that are drawn. [1]

    Reads: worth.
    Quantities: `shapley` and `standard_error` (0 if exact) of each agent; `most` and `least` over
    the agents. [value]

    Source: Shapley (1953), A value for n-person games, Contributions to the Theory of Games 2, 307,
    Princeton; sampled: Castro, Gomez and Tejada (2009), Comput. Oper. Res. 36, 1726,
    doi:10.1016/j.cor.2008.04.004.
    Departs from it: nothing.
    """

    on: PopulationName
    game: Annotated[AbstractCoalitionGame, Member("coalition_games")] = SQUARES
    worth: Column = "worth"
    method: Literal["exact", "sampled"] = "exact"
    orders: Count = 1000

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "shapley": (AGENT,),
        "standard_error": (AGENT,),
        "most": (),
        "least": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        WorthIfAsked(),
        Countable(),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns all agents' values in each replica."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        shape = (population.replicas, population.agents)
        worth = torch.ones(shape, dtype=torch.float64, device=population.device)
        if self.game.asks_worth:
            worth = population[self.worth].reshape(shape).double()
        if self.method == "sampled":
            stream = world.stream(Purpose.PROBE, f"shapley/{type_name(type(self.game))}", self.on)
            unit = stream.uniform(size=(self.orders,), dtype=torch.float64)
            value, error = shapley_sampled(self.game, worth, population.per_replica(unit))
        else:
            value = shapley(values_of_all(self.game, worth))
            error = torch.zeros_like(value)
        extremes = {"most": value.amax(1), "least": value.amin(1)}
        return {"shapley": value, "standard_error": error, **extremes}
