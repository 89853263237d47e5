"""Signatures: agents by their typed relations alone, and the classes of those that are alike."""

from typing import Literal

import torch
from jaxtyping import Int
from torch import Tensor

from netware.graphs.refinement import Arcs, named, refined, rows_named
from netware.parameters import Column
from netware.world import World


Paths = Literal["into", "out_of", "both"]


def signatures(
    world: World,
    on: str,
    over: tuple[str, ...],
    paths: Paths,
    equal: tuple[Column, ...],
) -> Int[Tensor, "replicas agents"]:
    """Returns for each agent the smallest id of its replica that has the same relations.

    Agents of two populations are never alike, nor are those that differ in a column of `equal`;
    then relations, directions, weights and the classes at the other end tell them apart, again
    and again. An empty slot is like no agent. `over` names the relations that
    count, all if none.
    """
    relations = over or tuple(world.edges)
    populations = [on]
    for relation in relations:
        populations += world.edges[relation].ends
    first, agents = {}, 0
    for name in dict.fromkeys(populations):
        first[name], agents = agents, agents + world[name].total
    colour = refined(beginnings(world, tuple(first), equal), arcs(world, relations, first, paths))
    own = colour[first[on] : first[on] + world[on].total]
    return first_alike(world[on].per_replica(own))


def beginnings(
    world: World, populations: tuple[str, ...], equal: tuple[Column, ...]
) -> Int[Tensor, " agents"]:
    """Returns a colour for each population, split by those of the columns that it has."""
    found, many = [], 0
    for name in populations:
        population = world[name]
        colour = torch.zeros(population.total, dtype=torch.int64, device=population.device)
        kinds = 1
        if population.alive is not None:
            colour, kinds = named(population.alive)
        for column in equal:
            if column in population.state or (column == "weights" and population.weights):
                for values in population.held(column).values():
                    rank, ranks = rows_named(values)
                    colour, kinds = named(colour * ranks + rank)
        found.append(colour + many)
        many += kinds
    return torch.cat(found)


def arcs(world: World, relations: tuple[str, ...], first: dict[str, int], paths: Paths) -> Arcs:
    """Returns what each agent sees of its edges, all relations together."""
    device = world.draws.keys.device
    at, other, labels = [], [], []
    label = 0
    for name in relations:
        edges, (source, target) = world.edges[name], world.edges[name].ends
        ends = (edges.source.long() + first[source], edges.target.long() + first[target])
        weight, weights = named(edges.weights(torch.float64))
        for way, (here, there) in (("into", ends[::-1]), ("out_of", ends)):
            if paths in (way, "both"):
                at.append(here)
                other.append(there)
                labels.append(weight + label)
                label += weights
    none = torch.zeros(0, dtype=torch.int64, device=device)
    return Arcs(*(torch.cat([none, *parts]) for parts in (at, other, labels)))


def first_alike(colour: Int[Tensor, "replicas agents"]) -> Int[Tensor, "replicas agents"]:
    """Returns for each agent the smallest id of its replica with the same colour."""
    ids = torch.arange(colour.shape[1], device=colour.device).expand_as(colour)
    rank, many = named(colour.flatten())
    rank = rank.view_as(colour)
    smallest = colour.new_full((len(colour), many), colour.shape[1])
    return smallest.scatter_reduce(1, rank, ids, "amin").gather(1, rank)
