"""Signed consensus: agents that follow those they trust and oppose those they do not."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.parameters import Column, NonNegative, PopulationName, RelationName
from netware.rules.base import AbstractRule, Acting, Reads, beside, must_join
from netware.varying.base import Varying
from netware.world import World


@dataclass(frozen=True)
class SignedConsensus(AbstractRule):
    """Moves each agent towards those it trusts, and towards the opposite of those it does not.

    x_i(t + 1) = x_i(t) + gain sum_j |a_ij| (sgn(a_ij) x_j(t) - x_i(t))

    If the agents of a connected undirected graph fall into two camps with trust inside and
    distrust between them (structural balance), all reach the same size with a sign for each camp:
    x_i -> s_i mean_j(s_j x_j(0)), s_i = +-1 the camp. Else all go to 0. Without distrust it is
    average consensus. It converges for gain < 1 / (largest sum of |a_ij|).

    Args:
        on: Population whose agents agree.
        over: Relation whose edges say which agents listen to which, by weights of either sign.
        state: Column of state to agree on.
        gain: Step length. [1]

    Reads: state; edges of `over`, with their weights.
    Writes: state.

    Source: Altafini (2013), IEEE Trans. Autom. Control 58, 935, doi:10.1109/TAC.2012.2224251.
    Departs from it: steps in place of continuous time.
    """

    on: PopulationName
    over: RelationName
    state: Column = "opinion"
    gain: Varying[NonNegative] = 0.1

    reads: ClassVar[Reads] = "edges"

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses a relation with others, and a column that is not there."""
        must_join(world, self.on, self.over, f"rules.{acting.rule}.over")
        world[self.on][self.state]
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after all have heeded each other once."""
        x, edges = world[self.on][self.state], world.edges[self.over]
        strength = edges.unsigned.strength(x.dtype).view(-1, *[1] * (x.dim() - 1))
        pull, gain = edges.total(x) - strength * x, beside(acting.value(world, self, "gain"), x)
        moved = x + gain * pull if isinstance(gain, Tensor) else torch.add(x, pull, alpha=gain)
        return world.with_state(self.on, **{self.state: moved})
