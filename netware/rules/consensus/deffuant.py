"""Deffuant: two that meet come nearer, if they are not too far apart to listen."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from pydantic import Field
from torch import Tensor

from netware.errors import ScenarioError
from netware.parameters import Column, Index, NonNegative, PopulationName, RelationName
from netware.rules.base import AbstractRule, Acting, Reads, must_join
from netware.rules.matching import Order, approached, drawn, of_agents
from netware.varying.base import Varying
from netware.world import World


@dataclass(frozen=True)
class Deffuant(AbstractRule):
    """Lets random pairs whose opinions differ by less than a threshold move towards each other.

    x_i <- x_i + mu (x_j - x_i),   x_j <- x_j + mu (x_i - x_j)   if |x_i - x_j| < threshold

    The mean is kept. Opinions end in clusters further apart than the threshold: from opinions
    uniform in [0, 1] one for threshold > 1/2, about 1 / (2 threshold) below. Where threshold and mu
    are each agent's own, it moves by its own mu if it is within its own threshold.

    Args:
        on: Population whose agents have opinions.
        threshold: Difference from which on two do not listen, d. [unit of the state]
        mu: Part of their difference by which both move; 1/2 to agree at once. [1]
        over: Relation whose edges say who may meet, all alike; none for any two agents.
        state: Column of state with the opinions; of several numbers, their Euclidean distance
            counts.
        pairs: Meetings that are tried in a step; 0 for a sweep: every agent wakes once, or, where
            pairs come one after another, half as many meetings as agents. [1]
        order: `disjoint`, all pairs at once, without those that share an agent with an earlier
            one; or `sequential`, one after another.

    Reads: state; edges of `over`, without their weights.
    Writes: state.

    Source: Deffuant, Neau, Amblard and Weisbuch (2000), Adv. Complex Syst. 3, 87,
    doi:10.1142/S0219525900000078.
    Departs from it: nothing with `order: sequential`; `disjoint` lets pairs that share no agent
    meet at the same time.
    """

    on: PopulationName
    threshold: Varying[NonNegative] = 0.2
    mu: Varying[Annotated[float, Field(ge=0, le=0.5)]] = 0.5
    over: RelationName | None = None
    state: Column = "opinion"
    pairs: Index = 0
    order: Order = "disjoint"

    reads: ClassVar[Reads] = "edges"

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses an agent that is alone, and a relation with others."""
        if world[self.on].agents < 2:
            raise ScenarioError(
                f"rules.{acting.rule}.on",
                found=f"'{self.on}', one agent",
                expected="two agents or more, to meet",
                fix=f"write 'agents: 2' under populations.{self.on}",
            )
        if self.over is not None:
            must_join(world, self.on, self.over, f"rules.{acting.rule}.over")
        world[self.on].held(self.state)
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after the meetings of this step."""
        population = world[self.on]
        edges = None if self.over is None else world.edges[self.over]
        meetings = drawn(world, acting, population, edges, self.pairs, self.order)
        x = population[self.state]
        threshold, mu = (acting.value(world, self, name) for name in ("threshold", "mu"))
        for first, second in meetings.rounds(population.total):
            apart = distance(x[first], x[second])
            shares = [
                of_agents(mu, one) * (apart < of_agents(threshold, one)).to(x.dtype)
                for one in (first, second)
            ]
            x = approached(x, first, second, *shares)
        return world.with_state(self.on, **{self.state: x})


def distance(one: Tensor, other: Tensor) -> Tensor:
    """Returns how far apart two opinions are."""
    difference = other - one
    return (
        difference.abs()
        if one.dim() == 1
        else torch.linalg.vector_norm(difference.flatten(1), dim=1)
    )
