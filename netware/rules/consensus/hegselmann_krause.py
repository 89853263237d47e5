"""Hegselmann-Krause: each agent takes the mean of all opinions that are near its own."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

from netware.edges import Edges
from netware.errors import ShapeError
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
from netware.varying.base import Varying
from netware.world import World


ROUNDING = 64


@dataclass(frozen=True)
class HegselmannKrause(AbstractRule):
    """Replaces each opinion by the mean of those within the bound of confidence, all at once.

    x_i(t + 1) = mean of x_j(t) over all j with |x_i(t) - x_j(t)| <= confidence, i included

    Opinions keep their order and stop after finitely many steps, in clusters that are further
    apart than the bound. A difference that exceeds the bound by rounding alone is within it: so
    opinions at equal distances do as they would in exact arithmetic. Among all agents a step costs
    O(N log N): who is near is a range of the sorted opinions.

    Args:
        on: Population whose agents have opinions.
        confidence: Bound of confidence, epsilon. [unit of the state]
        over: Relation whose edges say which agents hear which: a -> b lets b hear a; all alike,
            none for everybody.
        state: Column of state with the opinions; along edges it may have several numbers, whose
            Euclidean distance counts.

    Reads: state; edges of `over`, without their weights.
    Writes: state.

    Source: Hegselmann and Krause (2002), J. Artif. Soc. Soc. Simul. 5 (3), 2.
    Departs from it: nothing where all act at once; activation one by one lets each listen in its
    turn, in pairs to its partner alone.
    """

    on: PopulationName
    confidence: Varying[NonNegative] = 0.2
    over: RelationName | None = None
    state: Column = "opinion"

    reads: ClassVar[Reads] = "edges"
    orders: ClassVar[frozenset[Activation]] = IN_PAIRS

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses opinions of several numbers among all, which cannot be sorted."""
        x, where = world[self.on][self.state], f"rules.{acting.rule}"
        if self.over is not None:
            must_join(world, self.on, self.over, f"{where}.over")
        elif x[0].numel() != 1:
            raise ShapeError(
                f"{where}.state",
                found=f"'{self.state}' of {x[0].numel()} numbers for each agent",
                expected="one number, if all hear all",
                fix="write 'over:' with a relation such as a complete graph",
            )
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after those whose turn it is have listened once."""
        population = world[self.on]
        x = population[self.state]
        if self.over is not None:
            confidence = acting.value(world, self, "confidence")
            moved = among_neighbours(world.edges[self.over], x, confidence, acting.agents)
        else:
            opinions = population.per_replica(x.flatten())
            confidence = Acting(acting.rule).value(world, self, "confidence")
            if isinstance(confidence, Tensor):
                confidence = population.per_replica(confidence)
            moved = among_all(opinions, confidence).view_as(x)
            moved = moved if acting.agents is None else moved[acting.agents]
        return world.with_state(self.on, **{self.state: with_rows(x, acting.agents, moved)})


def among_all(
    x: Float[Tensor, "replicas agents"], confidence: float | Float[Tensor, "replicas agents"]
) -> Float[Tensor, "replicas agents"]:
    """Returns the mean of all opinions near each, by sorting and prefix sums in float64.

    Where all that are near are equal, the opinion stays as it is, bit by bit: what has come
    together rests.
    """
    opinions, order = x.double().sort(dim=1, stable=True)
    if isinstance(confidence, Tensor):
        confidence = confidence.double().gather(1, order)
    bound = confidence + slack(x.abs().amax(1, keepdim=True), confidence)
    low = torch.searchsorted(opinions, opinions - bound)
    high = torch.searchsorted(opinions, opinions + bound, right=True)
    middle = opinions.mean(1, keepdim=True)
    sums = torch.nn.functional.pad((opinions - middle).cumsum(1), (1, 0))
    mean = (sums.gather(1, high) - sums.gather(1, low)) / (high - low) + middle
    alike = opinions.gather(1, low) == opinions.gather(1, high - 1)
    mean = torch.where(alike, opinions, mean)
    return torch.empty_like(mean).scatter_(1, order, mean).to(x.dtype)


def among_neighbours(
    edges: Edges,
    x: Tensor,
    confidence: float | Float[Tensor, " acting"],
    active: Int[Tensor, " acting"] | None = None,
) -> Tensor:
    """Returns the mean of the opinions near each among those it hears, its own counted once.

    It sums differences, which are 0 where all that are near are equal: what has met rests. With
    `active`, of those agents alone.
    """
    flat = x.reshape(len(x), -1)
    edges = edges if active is None else edges.into(active)
    own = flat if active is None else flat[active]
    source, row = edges.edge_index
    target = row if active is None else active[row]
    apart = flat[source] - flat[target]
    size = flat.abs().amax(1)
    if isinstance(confidence, Tensor):
        confidence = confidence.double()[row]
    bound = confidence + slack(torch.maximum(size[source], size[target]), confidence)
    heard = (torch.linalg.vector_norm(apart, dim=1) <= bound) & (source != target)
    both = torch.cat([apart, torch.ones_like(apart[:, :1])], 1) * heard[:, None]
    sums = torch.segment_reduce(both, "sum", lengths=edges.in_degree.long(), initial=0)
    return (own + sums[:, :-1] / (sums[:, -1:] + 1)).view(-1, *x.shape[1:])


def slack(size: Tensor, confidence: float | Tensor) -> Tensor:
    """Returns by how much rounding may have changed a difference of numbers of this size."""
    return ROUNDING * torch.finfo(size.dtype).eps * (size.double() + confidence)
