"""Influence: agents that trust or distrust each other, more or less."""

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.edges import Edges
from netware.errors import ScenarioError
from netware.graphs.topology import AbstractTopology
from netware.needs.base import Surroundings
from netware.parameters import Column, Fraction, Index, Member, PopulationName
from netware.population import Population
from netware.relations.base import AbstractGraphRelation, Flow, Meeting, joined
from netware.relations.carrying import check_flow, landed


Strength = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class Influence(AbstractGraphRelation):
    """Joins agents by trust: positive to follow, negative to oppose.

    A[t, s] = sigma u,   u ~ U(weakest, strongest),   sigma = -1 with probability `distrust`, else 1
    With `carries`, into_t = sum_s A[t, s] carries_s / sum_s |A[t, s]|, of what was put out in the
    last step.

    A graph from a file that has weights keeps them.

    Args:
        between: Those who influence and those who are influenced: an edge a -> b lets b hear a, by
            the trust that b has in a.
        topology: Shape of the graph.
        weakest: Least strength of an edge, 0 to 1. [1]
        strongest: Greatest strength of an edge, 0 to 1. [1]
        distrust: Probability that an edge is negative. [1]
        drawn: `each` edge by itself, or `both` directions of a pair alike, in one population.
        carries: Column of those who influence that arrives in `into` at each step, or none.
        into: Column of the influenced that takes what arrives.
        offset: First of the numbers of `into` that take what arrives, the others staying as they
            are; all of them if left out. [1]

    Reads: position where the topology is geometric; the column that it carries.
    Writes: edges with weights; `into`.

    Source: Altafini (2013), IEEE Trans. Autom. Control 58, 935, doi:10.1109/TAC.2012.2224251.
    Departs from it: nothing.
    """

    between: tuple[PopulationName, PopulationName]
    topology: Annotated[AbstractTopology, Member("topologies")]
    weakest: Strength = 1.0
    strongest: Strength = 1.0
    distrust: Fraction = 0.0
    drawn: Literal["each", "both"] = "each"
    carries: Column | None = None
    into: Column = "input"
    offset: Index | None = None

    meeting: ClassVar[Meeting] = "add"

    def __post_init__(self):
        """Refuses a weakest edge that is stronger than the strongest."""
        if self.weakest > self.strongest:
            raise ScenarioError(
                "influence.weakest",
                found=f"weakest = {self.weakest:g} and strongest = {self.strongest:g}",
                expected="weakest at most strongest",
                fix="write a smaller 'weakest'",
                code="S-RANGE",
            )

    def connect(self, world: Surroundings, name: str) -> Edges:
        """Makes the graph of each replica and draws how much each edge counts."""
        source, target = (world.populations[end] for end in self.between)
        if self.drawn == "both" and source.name != target.name:
            raise ScenarioError(
                f"relations.{name}.drawn",
                found=f"'both' between '{source.name}' and '{target.name}'",
                expected="'each' between two populations",
                fix="write 'drawn: each'",
            )
        if self.carries:
            check_flow(name, self.carries, source, self.into, target, offset=self.offset)
        edges = joined(self.topology, self.between, world, name)
        if edges.weight is not None:
            return edges
        return replace(edges, weight=self.trust(world, name, edges, source, target))

    def trust(
        self, world: Surroundings, name: str, edges: Edges, source: Population, target: Population
    ) -> Float[Tensor, " edges"]:
        """Returns the weight of each edge: the same for equal pairs of ids under equal seeds."""
        one, other = edges.source.long() % source.agents, edges.target.long() % target.agents
        if self.drawn == "both":
            one, other = torch.minimum(one, other), torch.maximum(one, other)
        weight = torch.empty(edges.count, dtype=source.dtype, device=one.device)
        owner = edges.target.long() // target.agents
        for replica in range(source.replicas):
            rows = (owner == replica).nonzero()[:, 0]
            pair = one[rows] * target.agents + other[rows]
            pairs, place = pair.unique(return_inverse=True)
            draws = Draws(world.draws.keys[replica : replica + 1])
            many = max(1, len(pairs))
            size = draws.stream(Purpose.TOPOLOGY, f"{name}/strength", many).uniform(
                self.weakest, self.strongest, dtype=source.dtype
            )
            against = draws.stream(Purpose.TOPOLOGY, f"{name}/sign", many).bernoulli(self.distrust)
            weight[rows] = torch.where(against, -size, size)[place]
        return weight

    @property
    def flow_phase(self) -> Flow | None:
        """Returns `transmit` where something is carried."""
        return "transmit" if self.carries else None

    def flow(self, edges: Edges, source: Population, target: Population) -> Population:
        """Returns the influenced with what they heard, opposed where they distrust."""
        if self.carries is None:
            return target
        total = edges.total(source[self.carries])
        strength = edges.unsigned.strength(total.dtype).view(-1, *[1] * (total.dim() - 1))
        heard = total / torch.where(strength > 0, strength, torch.ones_like(strength))
        return landed(target, self.into, heard, self.offset)
