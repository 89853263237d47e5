"""Birth: agents that have children."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from netware.draws import Purpose
from netware.edges import Edges
from netware.parameters import Column, NonNegative, PopulationName, Probability, Real, RelationName
from netware.population import ALIVE, IDENTITY, Population
from netware.rules.base import AbstractRule, Acting, Phase, Reads, must_join, must_keep
from netware.rules.lifecycle.base import must_be_numbers
from netware.world import World


@dataclass(frozen=True)
class Birth(AbstractRule):
    """Lets agents have children, who take over what their parent is, with mutations.

    P(i has a child in a step) = rate, if `of`_i >= above
    w_child = w_i + mutation xi,   xi ~ N(0, 1)

    A child takes the first free place of its replica, its parent's columns of state and weights,
    and the next id, which no agent ever had. Where places are few, chance says whose children find
    one; the others are not born. With `over`, parent and child know each other from the start.

    Args:
        on: Population whose agents have children.
        rate: Probability to have a child in a step. [1]
        of: Column of one number per agent that it takes to have a child, or none.
        above: How much of it.
        mutation: Standard deviation of what is added to every weight of a child. [1]
        over: Relation by which parent and child know each other, both ways, or none.

    Reads: alive, identity, all columns and weights.
    Writes: alive, identity, all columns and weights of children; edges of `over`.

    Source: Moran (1958), Math. Proc. Camb. Phil. Soc. 54, 60, doi:10.1017/S0305004100033193.
    Departs from it: births wait for a free place; deaths are a rule of their own.
    """

    on: PopulationName
    rate: Probability = 0.01
    of: Column | None = None
    above: Real = 0.0
    mutation: NonNegative = 0.0
    over: RelationName | None = None

    reads: ClassVar[Reads] = "own"
    phase: ClassVar[Phase] = "link"

    def prepare(self, world: World, acting: Acting) -> World:
        """Makes the columns that say who is there; refuses vectors and relations with others."""
        must_be_numbers(world, self.on, self.of, f"rules.{acting.rule}.of")
        if self.over is not None:
            must_join(world, self.on, self.over, f"rules.{acting.rule}.over")
            must_keep(acting, self.over, f"rules.{acting.rule}.over", "leave 'over' out")
        return world.with_population(world[self.on].mortal())

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world with the children that are born now."""
        population = world[self.on]
        parents = acting.stream(world, self.on).bernoulli(self.rate) & population[ALIVE]
        if self.of is not None:
            parents &= population[self.of] >= self.above
        parent, born = free_slots(
            population, parents, acting.stream(world, self.on, "order").order()
        )
        children = grown(population, parent, born)
        world = world.with_population(children)
        if self.mutation and population.weights:
            world = world.with_weights(self.on, self.mutated(world, acting, born))
        if self.over is not None:
            acquainted = with_parent_edges(
                world.edges[self.over], parent[born], born.nonzero()[:, 0]
            )
            world = world.with_edges(self.over, acquainted)
        return world

    def mutated(
        self, world: World, acting: Acting, born: Bool[Tensor, " agents"]
    ) -> dict[str, Tensor]:
        """Returns the weights, those of children with their own mutations added."""
        rows, mutated = born.nonzero()[:, 0], {}
        for name, weight in world[self.on].weights.items():
            stream = world.stream(Purpose.RULE, f"{acting.rule}/mutation {name}", self.on).of(rows)
            shift = stream.normal(0.0, self.mutation, tuple(weight.shape[1:]), weight.dtype)
            mutated[name] = weight.index_add(0, rows, shift)
        return mutated


def free_slots(
    population: Population, parents: Bool[Tensor, " agents"], order: Int[Tensor, " agents"]
) -> tuple[Int[Tensor, " agents"], Bool[Tensor, " agents"]]:
    """Returns whose child is at each place, and where children are: elsewhere, who was there.

    The k-th parent of a replica, in an order of chance, gets its k-th free place, if there is one.
    """
    alive = population.per_replica(population[ALIVE])
    order, places = population.per_replica(order), torch.arange(population.total).to(alive.device)
    # Parents at the front of each replica.
    first = (~parents[order]).to(torch.int8).argsort(dim=1, stable=True)
    parents = order.gather(1, first)
    rank = (~alive).cumsum(1) - 1
    born = ~alive & (rank < population.per_replica(parents).sum(1, keepdim=True))
    parent = torch.where(born, parents.gather(1, rank.clamp(min=0)), population.per_replica(places))
    return parent.flatten(), born.flatten()


def grown(
    population: Population, parent: Int[Tensor, " agents"], born: Bool[Tensor, " agents"]
) -> Population:
    """Returns the population with children that are as their parents are, with new ids."""
    identity = population.per_replica(population[IDENTITY])
    fresh = population.per_replica(born)
    named = identity.amax(1, keepdim=True) + fresh.cumsum(1)
    state = {name: values.index_select(0, parent) for name, values in population.state.items()}
    state[IDENTITY] = torch.where(fresh, named, identity).flatten()
    state[ALIVE] = population[ALIVE] | born
    weights = {name: values.index_select(0, parent) for name, values in population.weights.items()}
    grown_up = population.with_state(state)
    return grown_up.with_weights(weights) if weights else grown_up


def with_parent_edges(
    edges: Edges, parents: Int[Tensor, " children"], children: Int[Tensor, " children"]
) -> Edges:
    """Returns the edges with one of weight 1 each way between every child and its parent."""
    weight = edges.weight
    if weight is not None:
        weight = torch.cat([weight, weight.new_ones(2 * len(children))])
    blank = {
        name: torch.cat([column, column.new_zeros(2 * len(children), *column.shape[1:])])
        for name, column in edges.attributes.items()
    }
    source = torch.cat([edges.source.long(), parents, children])
    target = torch.cat([edges.target.long(), children, parents])
    return Edges.from_pairs(source, target, edges.sources, edges.targets, weight, blank)
