"""Minority game: those in the minority win, and all learn from the same history."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from netware.draws import Purpose
from netware.parameters import PopulationName
from netware.rules.base import AbstractRule, Acting, Reads
from netware.world import World


@dataclass(frozen=True)
class MinorityGame(AbstractRule):
    """Lets each agent choose a side by the best of its strategies; the smaller side wins.

    a_i = strategy_i,s(i) at the history mu,   A = sum_i a_i,
    U_i,s <- U_i,s - a_i,s(mu) sgn A,   s(i) = argmax_s U_i,s, equal scores decided by chance

    A strategy says for each of the 2^memory histories whether to take side +1 or -1. The history
    is which side won in the last `memory` rounds of the replica (a tie counts as +1 having won).
    The variance of A per agent is 1 if all toss coins; it is smallest where 2^memory / agents is
    about 0.34, and grows as agents / 2^memory where they herd.

    Args:
        on: Population that plays.
        memory: Rounds that agents remember. [rounds]
        strategies: Strategies of each agent. [1]
        decides: `best` takes the strategy of the highest score; `coin` tosses a coin, for
            comparison.

    Reads: nothing but its own columns.
    Writes: `choice` `(agents,)`, -1 or 1; `payoff` `(agents,)`, -a_i sgn A; `strategies`
    `(agents, strategies, 2^memory)`, drawn before the first step; `scores`; and `history`.

    Source: Challet and Zhang (1997), Physica A 246, 407, doi:10.1016/S0378-4371(97)00419-6.
    Departs from it: a strategy that was wrong loses a point instead of none, which ranks
    strategies alike; after a tie no score changes.
    """

    on: PopulationName
    memory: Annotated[int, Field(ge=1, le=20)] = 6
    strategies: Annotated[int, Field(ge=1, le=64)] = 2
    decides: Literal["best", "coin"] = "best"

    reads: ClassVar[Reads] = "anyone"

    def prepare(self, world: World, acting: Acting) -> World:
        """Draws strategies for every agent and a history for every replica."""
        population, histories = world[self.on], 2**self.memory
        sides = acting.stream(world, self.on, "strategies").integers(
            2, size=(self.strategies, histories)
        )
        past = world.draws.stream(Purpose.RULE, f"{acting.rule}/history", 1)
        zeros = torch.zeros(population.total, dtype=population.dtype, device=population.device)
        return world.with_state(
            self.on,
            strategies=(2 * sides - 1).to(torch.int8),
            scores=zeros[:, None].repeat(1, self.strategies),
            history=past.integers(histories).repeat_interleave(population.agents),
            choice=zeros,
            payoff=zeros,
        )

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after one round."""
        population = world[self.on]
        scores, history = population["scores"], population["history"]
        where = history[:, None, None].expand(-1, self.strategies, 1)
        advice = population["strategies"].gather(2, where)[..., 0].to(scores.dtype)
        choice = self.choice(world, acting, advice, scores)
        attendance = population.per_replica(choice).sum(1).repeat_interleave(population.agents)
        sign = attendance.sign()
        won = (attendance < 0).long()
        return world.with_state(
            self.on,
            scores=scores - advice * sign[:, None],
            history=(2 * history + won) % 2**self.memory,
            choice=choice,
            payoff=-choice * sign,
        )

    def choice(self, world: World, acting: Acting, advice: Tensor, scores: Tensor) -> Tensor:
        """Returns the side that each agent takes, -1 or 1."""
        if self.decides == "coin":
            return acting.stream(world, self.on).integers(2).to(scores.dtype) * 2 - 1
        unit = acting.stream(world, self.on).uniform(size=(self.strategies,), dtype=scores.dtype)
        # Scores are whole numbers: less than half of one decides between equals alone.
        best = (scores + 0.5 * unit).argmax(1, keepdim=True)
        return advice.gather(1, best)[:, 0]
