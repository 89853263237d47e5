"""Log-linear learning: who revises takes better strategies with higher probability."""

from dataclasses import dataclass
from typing import ClassVar

import torch

from netware.measures.payoffs import Matrix, check_square
from netware.parameters import Column, Index, PopulationName, Positive, RelationName
from netware.rules.base import IN_PAIRS, AbstractRule, Acting, Activation, Reads, beside
from netware.rules.games.base import Policy, Revising, Revision, check_start
from netware.varying.base import Varying
from netware.world import World


@dataclass(frozen=True)
class LogLinearLearning(AbstractRule):
    """Lets agents revise: each draws a strategy, the better ones with higher probability.

    P(s_i <- k) = exp(u_ik / temperature) / sum_l exp(u_il / temperature),
    u_ik = sum_j a_ij A(k, s_j)

    Where A is symmetric and one agent revises at a time, the chain of all strategies settles in
    exp(phi / temperature) / Z with the potential phi = sum of a_ij A(s_i, s_j) over the pairs. If
    all revise at once it settles in another law.

    Args:
        on: Population that plays.
        over: Relation whose edges say which agents play with which.
        payoff: A, row = own strategy, column = the other's. [payoff]
        temperature: How little payoffs count: near 0 the best strategy is taken. [payoff]
        state: Column of strategies `(agents, strategies)`, one 1 in each row; where the scenario
            gives shares, the largest of each row counts at the start.
        start: Strategy that all begin with, counted from 0, where the scenario gives no column;
            without it, strategies are drawn. [1]
        policy: `payoff` takes u as above; `output` lets the agent's own network say what each
            strategy is worth: u_ik = y_ik.
        revision: Where all act at once, `one` agent of each replica, drawn at each step,
            or `all`. Activation one by one lets each revise in its turn; in pairs, both revise.

    Reads: state, with `policy: output` also output; edges of `over`, with their weights.
    Writes: state; `payoff` `(agents,)`, what the new strategy earns when it is taken.

    Source: Blume (1993), Games Econ. Behav. 5, 387, doi:10.1006/game.1993.1023.
    Departs from it: steps of one revision take the place of continuous time.
    """

    on: PopulationName
    over: RelationName
    payoff: Matrix = ((1.0, 0.0), (0.0, 1.0))
    temperature: Varying[Positive] = 0.5
    state: Column = "strategy"
    start: Index | None = None
    policy: Policy = "payoff"
    revision: Revision = "one"

    reads: ClassVar[Reads] = "edges"
    orders: ClassVar[frozenset[Activation]] = IN_PAIRS

    def __post_init__(self):
        """Refuses a matrix that is not square, and a strategy that it has not."""
        check_square(self.payoff, "log_linear_learning")
        check_start(self.start, len(self.payoff), "log_linear_learning")

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
        acting = self.game.acting_now(world, acting)
        earned, worth = self.game.prospects(world, acting.agents)
        temperature = beside(acting.value(world, self, "temperature"), worth)
        up_to = torch.softmax(worth / temperature, 1).cumsum(1)
        unit = acting.stream(world, self.on).uniform(dtype=worth.dtype)
        # Of the intervals that the sums mark on [0, 1], the one that holds the drawn number.
        chosen = (unit[:, None] >= up_to[:, :-1]).sum(1)
        return self.game.revised(world, acting.agents, chosen, earned)
