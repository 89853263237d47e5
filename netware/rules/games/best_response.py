"""Best response: who revises takes what earns most against the others."""

from dataclasses import dataclass
from typing import ClassVar

import torch

from netware.measures.payoffs import Matrix, check_square
from netware.parameters import Column, Index, PopulationName, RelationName
from netware.rules.base import IN_PAIRS, AbstractRule, Acting, Activation, Reads
from netware.rules.games.base import Policy, Revising, Revision, check_start
from netware.world import World


@dataclass(frozen=True)
class BestResponse(AbstractRule):
    """Lets agents revise: each takes the strategy that earns most as its neighbours play now.

    s_i <- argmax_k u_ik,   u_ik = sum_j a_ij A(k, s_j)

    An agent keeps its strategy if it is among the best, and else takes the first of these. Where
    A is symmetric, sum of a_ij A(s_i, s_j) over the pairs is a potential: it rises whenever one
    agent changes, so that agents who revise one by one reach a pure equilibrium; all at once may
    go round for ever.

    Args:
        on: Population that plays.
        over: Relation whose edges say which agents play with which.
        payoff: A, row = own strategy, column = the other's. [payoff]
        state: Column of strategies `(agents, strategies)`, one 1 in each row; where the scenario
            gives shares, the largest of each row counts at the start.
        start: Strategy that all begin with, counted from 0, where the scenario gives no column;
            without it, strategies are drawn. [1]
        policy: `payoff` takes u as above; `output` lets the agent's own network say what each
            strategy is worth: s_i <- argmax_k y_ik.
        revision: Where all act at once, `one` agent of each replica, drawn at each step,
            or `all`. Activation one by one lets each revise in its turn; in pairs, both revise.

    Reads: state, with `policy: output` also output; edges of `over`, with their weights.
    Writes: state; `payoff` `(agents,)`, what the new strategy earns when it is taken.

    Source: Monderer and Shapley (1996), Games Econ. Behav. 14, 124, doi:10.1006/game.1996.0044.
    Departs from it: nothing.
    """

    on: PopulationName
    over: RelationName
    payoff: Matrix = ((1.0, 0.0), (0.0, 1.0))
    state: Column = "strategy"
    start: Index | None = None
    policy: Policy = "payoff"
    revision: Revision = "one"

    reads: ClassVar[Reads] = "edges"
    orders: ClassVar[frozenset[Activation]] = IN_PAIRS

    def __post_init__(self):
        """Refuses a matrix that is not square, and a strategy that it has not."""
        check_square(self.payoff, "best_response")
        check_start(self.start, len(self.payoff), "best_response")

    @property
    def game(self) -> Revising:
        """Returns the game that is played."""
        return Revising(
            self.on,
            self.over,
            self.payoff,
            self.state,
            self.start,
            self.policy,
            self.revision,
        )

    def prepare(self, world: World, acting: Acting) -> World:
        """Gives every agent a pure strategy."""
        return self.game.prepare(world, acting)

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after those whose turn it is have revised."""
        active = self.game.acting_now(world, acting).agents
        earned, worth = self.game.prospects(world, active)
        play = world[self.on][self.state]
        play = play if active is None else play[active]
        own = (worth * play).sum(1)
        best, first = worth.max(1)
        chosen = torch.where(own >= best, play.argmax(1), first)
        return self.game.revised(world, active, chosen, earned)
