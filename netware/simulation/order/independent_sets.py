"""Rounds: agents who are due one by one act at once where it makes no difference."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from jaxtyping import Int
from torch import Tensor
from torch.utils.weak import WeakIdKeyDictionary

from netware.draws import Purpose
from netware.edges import Edges, pair_keys
from netware.population import Population
from netware.rules.base import AbstractRule, Acting, Activation
from netware.world import World


KNOWN = WeakIdKeyDictionary()
IN_ORDER = WeakIdKeyDictionary()


def in_turn(world: World, acting: Acting, rule: AbstractRule, activation: Activation) -> World:
    """Applies a rule to all agents in an order, each seeing what those before it have done.

    What comes out is what `one_by_one` gives. An agent acts in the first round in which each of
    its neighbours either has acted or comes after it; so the number of applications is the longest
    chain of neighbours in ascending order: 28 for 10,000 agents with 10 neighbours each in an order
    of chance. A rule that does not say which agents it hears acts one by one.

    Source: Jones and Plassmann (1993), SIAM J. Sci. Comput. 14, 654, doi:10.1137/0914041, whose
    colouring goes by the same rounds; in a random order of a graph of bounded degree they are
    O(log N / log log N) in the mean.
    """
    heard = rule.read_along()
    if heard is None:
        return one_by_one(world, acting, rule, activation)
    population = world[rule.on]
    order = order_of(world, acting, population, activation)
    places = torch.arange(population.agents, device=order.device).repeat(population.replicas)
    rank = torch.empty_like(places).scatter_(0, order.flatten(), places)
    within = [world.edges[over] for over in heard if joins_itself(world, over, population)]
    near = [neighbours(edges) for edges in within]
    known = activation == "sequential" and len(near) == 1
    for together in by_ids(rank, near[0]) if known else rounds(rank, near):
        world = rule.apply(world, replace(acting, agents=together))
    return world


def one_by_one(world: World, acting: Acting, rule: AbstractRule, activation: Activation) -> World:
    """Applies a rule to one agent after another, each seeing what those before it have done.

    The k-th agents of all replicas act together, since no edge joins two replicas.
    """
    population = world[rule.on]
    for together in order_of(world, acting, population, activation).T:
        world = rule.apply(world, replace(acting, agents=together))
    return world


def order_of(
    world: World, acting: Acting, population: Population, activation: Activation
) -> Int[Tensor, "replicas agents"]:
    """Returns who acts first, second and so on in each replica, as flat positions."""
    if activation == "shuffled":
        stream = world.stream(Purpose.ORDER, acting.rule, population.name)
        return population.per_replica(stream.order())
    return population.per_replica(population.ids + population.replica * population.agents)


def joins_itself(world: World, relation: str, population: Population) -> bool:
    """Tells whether a relation leads from a population to itself: others do not act in between."""
    edges = world.edges[relation]
    if edges.between is not None:
        return edges.between == (population.name, population.name)
    return edges.sources == edges.targets == population.total


def rounds(
    rank: Int[Tensor, " agents"], neighbourhoods: Sequence[Edges]
) -> Iterator[Int[Tensor, " acting"]]:
    """Yields those who act in each round, in the order of their positions; each acts once.

    `neighbourhoods` hold each edge in both directions. Each edge is looked at twice in all: once
    to count the agents that one waits for, once when the one it waits for has acted.
    """
    waits = torch.zeros_like(rank)
    for near in neighbourhoods:
        earlier = rank[near.source] < rank[near.target]
        waits.index_add_(0, near.target, earlier.to(waits.dtype))
    acting = (waits == 0).nonzero()[:, 0]
    while len(acting):
        yield acting
        released = []
        for near in neighbourhoods:
            beside = near.into(acting)
            later = rank[beside.source] > rank[acting][beside.target]
            released.append(beside.source[later].long())
        freed = torch.cat(released) if released else acting[:0]
        waits.index_add_(0, freed, torch.full_like(freed, -1))
        acting = freed[waits[freed] == 0].unique()


def by_ids(rank: Int[Tensor, " agents"], near: Edges) -> Sequence[Int[Tensor, " acting"]]:
    """Returns the rounds of agents who act in the order of their ids, kept as long as the edges.

    On a ring they are as many as agents, and take longer to find than to act in.
    """
    if near not in IN_ORDER:
        acted = list(rounds(rank, [near]))
        IN_ORDER[near] = torch.cat(acted), [len(acting) for acting in acted]
    together, sizes = IN_ORDER[near]
    return together.split(sizes)


def neighbours(edges: Edges) -> Edges:
    """Returns which agents are joined, both ways; kept as long as the block of edges is."""
    found = KNOWN.get(edges)
    if found is None:
        one, other, agents = edges.source, edges.target, edges.targets
        both = torch.cat([pair_keys(one, other, agents), pair_keys(other, one, agents)]).unique()
        found = Edges.from_pairs(both % agents, both // agents, agents, agents)
        KNOWN[edges] = found
    return found
