"""Spatial dilemma: cooperators and defectors who copy the best of those beside them."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor

from netware.edges import Edges
from netware.measures.payoffs import as_rows, begun, check_players, given_rows
from netware.parameters import Column, Fraction, NonNegative, PopulationName, RelationName
from netware.rules.base import AbstractRule, Acting, Reads
from netware.varying.base import Varying
from netware.world import World


@dataclass(frozen=True)
class SpatialDilemma(AbstractRule):
    """Plays the prisoner's dilemma with all neighbours, then copies the best of them.

    u_i = sum_j a_ij A(s_i, s_j), j = i included;   A(C, C) = 1, A(D, C) = b, all others 0
    s_i(t + 1) = s_j(t) of the j with the largest u_j among i and its neighbours

    All play and copy at once, without chance. If a cooperator and a defector do equally well, an
    agent keeps its own strategy, which is one of the two. On a grid with eight neighbours all
    1.8 < b < 2 give the same patterns.

    Args:
        on: Population that plays.
        over: Relation whose edges say which agents play with which, such as a grid.
        b: What a defector earns from a cooperator. [payoff]
        state: Column of strategies `(agents, 2)`: (1, 0) cooperates, (0, 1) defects; the larger
            share counts. Made as `start` says if there is none.
        start: `random`: each defects with probability `defectors`; `lone_defector`: the middle
            agent of the list alone does, which is the middle of a grid of odd sides.
        defectors: Share of defectors at the start. [1]
        self_play: Whether each also plays with itself.

    Reads: state; edges of `over`, with their weights.
    Writes: state; `payoff` `(agents,)`, earned in this step.

    Source: Nowak and May (1992), Nature 359, 826, doi:10.1038/359826a0.
    Departs from it: nothing.
    """

    on: PopulationName
    over: RelationName
    b: Varying[NonNegative] = 1.85
    state: Column = "strategy"
    start: Literal["random", "lone_defector"] = "random"
    defectors: Fraction = 0.1
    self_play: Literal["included", "excluded"] = "included"

    reads: ClassVar[Reads] = "edges"

    def prepare(self, world: World, acting: Acting) -> World:
        """Gives every agent a pure strategy."""
        population = world[self.on]
        check_players(population, world.edges[self.over], self.over, acting.rule)
        stream = acting.stream(world, self.on, "start")
        if given_rows(population, self.state, 2) is not None:
            play = begun(population, self.state, 2, stream)
        elif self.start == "random":
            play = as_rows(stream.bernoulli(self.defectors).long(), 2, population.dtype)
        else:
            middle = population.ids == population.agents // 2
            play = as_rows(middle.long(), 2, population.dtype)
        return world.with_state(
            self.on, **{self.state: play, "payoff": torch.zeros_like(play[:, 0])}
        )

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after all have played and copied."""
        play, edges = world[self.on][self.state], world.edges[self.over]
        cooperates = play[:, 0]
        met = edges.total(cooperates)
        if self.self_play == "included":
            met = met + cooperates
        b = acting.value(world, self, "b")
        earned = torch.where(cooperates > 0, met, b * met)
        best = best_near(edges, play, earned)
        ahead = torch.stack([best[:, 0] > best[:, 1], best[:, 1] > best[:, 0]], 1)
        tied = ~ahead.any(1, keepdim=True)
        copied = torch.where(tied, play, ahead.to(play.dtype))
        return world.with_state(self.on, **{self.state: copied, "payoff": earned})


def best_near(edges: Edges, play: Tensor, earned: Tensor) -> Tensor:
    """Returns the most that anyone earned with each strategy, of an agent and its neighbours."""
    nothing = float("-inf")
    own = earned[:, None].masked_fill(play == 0, nothing)
    of_sources = own.index_select(0, edges.source)
    near = torch.segment_reduce(
        of_sources, "max", offsets=edges.pointer, initial=nothing, unsafe=True
    )
    return torch.maximum(own, near)
