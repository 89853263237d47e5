"""Shapley: what each agent adds to the coalitions that it may join."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor

from netware.axes import AGENT
from netware.draws import Purpose
from netware.errors import Problem
from netware.measures.coalitions import (
    MOST_EXACT,
    Game,
    Kind,
    shapley,
    shapley_sampled,
    values_of_all,
)
from netware.needs.base import AbstractNeed, Surroundings, Unless, population_of
from netware.needs.state import ONE, HasColumn
from netware.parameters import Column, Count, PopulationName, Real
from netware.probes.base import AbstractProbe
from netware.world import World


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
class Shapley(AbstractProbe):
    """Measures each agent's Shapley value in a game among all agents of a replica.

    phi_i = sum over S without i of |S|! (N - |S| - 1)! / N! (v(S + i) - v(S))

    The values of all agents sum to what all together are worth.

    Args:
        on: Population whose agents may form coalitions.
        game: What a coalition S of agents with worths w is worth: `size_power` is scale
            |S|^power; `weighted_voting` is scale if the sum of w reaches the quota, else 0; `glove`
            is scale times the pairs of left gloves (w < 0) and right gloves (w > 0); `airport` is
            scale times the largest w.
        power: Exponent of `size_power`. [1]
        quota: Weight that wins in `weighted_voting`. [worth]
        scale: Factor of all values. [value / worth]
        worth: Column of what each agent brings; `size_power` does not ask.
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
    game: Kind = "size_power"
    power: Real = 2.0
    quota: Real = 1.0
    scale: Real = 1.0
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
        Unless("game", "size_power", HasColumn("worth", ONE)),
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
        if self.game != "size_power":
            worth = population[self.worth].reshape(shape).double()
        game = Game(self.game, self.power, self.quota, self.scale)
        if self.method == "sampled":
            stream = world.stream(Purpose.PROBE, f"shapley/{self.game}", self.on)
            unit = stream.uniform(size=(self.orders,), dtype=torch.float64)
            value, error = shapley_sampled(game, worth, population.per_replica(unit))
        else:
            value = shapley(values_of_all(game, worth))
            error = torch.zeros_like(value)
        extremes = {"most": value.amax(1), "least": value.amin(1)}
        return {"shapley": value, "standard_error": error, **extremes}
