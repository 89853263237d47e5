"""The living: edges go with the dead, and what those alive would be by themselves."""

from collections.abc import Mapping
from dataclasses import replace

import torch
from jaxtyping import Int
from torch import Tensor

from netware.edges import Edges
from netware.population import Population
from netware.tasks.base import Examples
from netware.world import World


def drop_dead_edges(world: World, before: World) -> World:
    """Returns the world without the edges of those who have died since `before`."""
    changed = changed_populations(world, before)
    for name, edges in world.edges.items():
        if changed & set(edges.ends):
            world = world.with_edges(name, between_living(world, edges))
    return world


def changed_populations(world: World, before: World) -> set[str]:
    """Names the populations in which an agent may have died or been born since `before`."""
    return {
        name
        for name, population in world.populations.items()
        if population.alive is not before[name].alive
    }


def between_living(world: World, edges: Edges) -> Edges:
    """Returns those edges whose two ends are alive."""
    source, target = (world[end].alive for end in edges.ends)
    if source is None and target is None:
        return edges
    kept = torch.ones(edges.count, dtype=torch.bool, device=edges.source.device)
    if source is not None:
        kept &= source[edges.source]
    if target is not None:
        kept &= target[edges.target]
    return edges if bool(kept.all()) else edges.among(kept)


def all_alive(world: World) -> bool:
    """Tells whether there is an agent in every slot of every population."""
    masks = [population.alive for population in world.populations.values()]
    return all(bool(alive.all()) for alive in masks if alive is not None)


def living(population: Population, replica: int) -> Int[Tensor, " living"]:
    """Returns the places of the living of one replica, as flat positions."""
    start = replica * population.agents
    if population.alive is None:
        return torch.arange(start, start + population.agents, device=population.device)
    return population.per_replica(population.alive)[replica].nonzero()[:, 0] + start


def alone(world: World, replica: int, places: Mapping[str, Tensor]) -> World:
    """Returns the world that the agents at these places of one replica would make by themselves."""

    def of(examples: Examples) -> Examples:
        own = slice(replica, replica + 1)
        return replace(examples, inputs=examples.inputs[own], targets=examples.targets[own])

    populations = {name: world[name].at(own) for name, own in places.items()}
    return replace(
        world,
        draws=replace(world.draws, keys=world.draws.keys[replica : replica + 1]),
        populations=populations,
        edges={name: own_edges(world, name, places) for name in world.edges},
        examples={
            name: replace(data, train=of(data.train), test=of(data.test))
            for name, data in world.examples.items()
        },
    )


def own_edges(world: World, relation: str, places: Mapping[str, Tensor]) -> Edges:
    """Returns the edges between the agents at these places, numbered by their order there."""
    edges = world.edges[relation]
    first, second = edges.ends

    def numbered(name: str) -> Tensor:
        none = torch.full((world[name].total,), -1, device=edges.source.device)
        return none.index_copy(0, places[name], torch.arange(len(places[name])).to(none))

    source = numbered(first)[edges.source.long()]
    target = numbered(second)[edges.target.long()]
    kept = (source >= 0) & (target >= 0)
    return Edges.from_pairs(
        source[kept],
        target[kept],
        len(places[first]),
        len(places[second]),
        None if edges.weight is None else edges.weight[kept],
        {name: column[kept] for name, column in edges.attributes.items()},
        edges.between,
    )
