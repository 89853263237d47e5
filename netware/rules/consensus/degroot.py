"""DeGroot: each agent takes the mean of those it trusts."""

from dataclasses import dataclass
from typing import ClassVar

import torch

from netware.errors import ScenarioError
from netware.needs.base import Needs
from netware.needs.state import HasColumn
from netware.parameters import Column, NonNegative, PopulationName, RelationName
from netware.rules.base import (
    IN_PAIRS,
    AbstractRule,
    Acting,
    Activation,
    Reads,
    must_join,
    with_rows,
)
from netware.world import World


@dataclass(frozen=True)
class Degroot(AbstractRule):
    """Replaces each agent's state by the mean of its own and of others', weighted by its trust.

    x_i(t + 1) = sum_j T_ij x_j(t),   T_ij = (a_ij + self_trust [i = j]) / (sum_j a_ij + self_trust)

    If T is irreducible and aperiodic, all go to pi^T x(0), where pi = pi T and sum pi = 1: who is
    trusted by the trusted counts for more. This is not I - gain L: on an undirected graph pi is
    proportional to the degree, so the mean is kept only where all degrees are equal.

    Args:
        on: Population whose agents pool their opinions.
        over: Relation whose edges lead from those who are trusted to those who trust them, so that
            these hear them, with the trust as weight; an edge from an agent to itself is trust in
            itself. A file that lists who trusts another is read with `lines: reversed`.
        state: Column of state to agree on.
        self_trust: Further weight of each agent's own opinion, in the unit of the weights of
            edges; without any, a graph that is bipartite goes to and fro for ever. [1]

    Reads: state; edges of `over`, with their weights. An agent that trusts no other stays as it is.
    Writes: state.

    Source: DeGroot (1974), J. Am. Stat. Assoc. 69, 118, doi:10.1080/01621459.1974.10480137.
    Departs from it: opinions are numbers, not distributions.
    """

    on: PopulationName
    over: RelationName
    state: Column = "opinion"
    self_trust: NonNegative = 0.0

    reads: ClassVar[Reads] = "edges"
    needs: ClassVar[Needs] = (HasColumn("state", floating=True),)
    orders: ClassVar[frozenset[Activation]] = IN_PAIRS

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses trust below zero, which has no mean."""
        must_join(world, self.on, self.over, f"rules.{acting.rule}.over")
        weight = world.edges[self.over].weight
        if weight is not None and bool((weight < 0).any()):
            raise ScenarioError(
                f"rules.{acting.rule}.over",
                found=f"'{self.over}' with a weight of {float(weight.min()):g}",
                expected="weights of 0 or more",
                fix="write average_consensus for weights below 0, or mend the graph",
            )
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after those whose turn it is have listened once."""
        x, edges = world[self.on][self.state], world.edges[self.over]
        strength, own = edges.strength(x.dtype), x
        if acting.agents is None:
            pooled = edges.total(x)
        else:
            strength, own = strength[acting.agents], x[acting.agents]
            pooled = edges.into(acting.agents).in_columns(x)
        trust = (strength + self.self_trust).view(-1, *[1] * (x.dim() - 1))
        pooled = pooled if self.self_trust == 0 else pooled + self.self_trust * own
        mean = torch.where(trust > 0, pooled / trust.where(trust > 0, torch.ones_like(trust)), own)
        return world.with_state(self.on, **{self.state: with_rows(x, acting.agents, mean)})
