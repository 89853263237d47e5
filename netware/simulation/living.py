"""The living: edges go with the dead, and probes see only who is there."""

from collections.abc import Mapping
from dataclasses import replace

import torch
from jaxtyping import Int
from torch import Tensor

from netware.axes import AGENT
from netware.population import Population
from netware.probes.base import AbstractProbe
from netware.relations.base import AbstractRelation
from netware.relations.edges import Edges
from netware.tasks.base import Examples
from netware.world import World


def severed(world: World, before: World) -> World:
    """Returns the world without the edges of those who have died since `before`."""
    changed = passed(world, before)
    for name, relation in world.relations.items():
        if changed & set(relation.ends()) and name in world.edges:
            edges = between_living(world, relation, world.edges[name])
            world = world.with_edges(name, edges)
    return world


def passed(world: World, before: World) -> set[str]:
    """Names the populations in which somebody may have died or been born since `before`."""
    return {
        name
        for name, population in world.populations.items()
        if population.alive is not before[name].alive
    }


def between_living(world: World, relation: AbstractRelation, edges: Edges) -> Edges:
    """Returns those edges of a relation whose two ends are alive."""
    source, target = (world[end].alive for end in relation.ends())
    if source is None and target is None:
        return edges
    kept = torch.ones(edges.count, dtype=torch.bool, device=edges.source.device)
    if source is not None:
        kept &= source[edges.source]
    if target is not None:
        kept &= target[edges.target]
    return edges if bool(kept.all()) else edges.among(kept)


def all_alive(world: World) -> bool:
    """Tells whether somebody is at every place of every population."""
    masks = [population.alive for population in world.populations.values()]
    return all(bool(alive.all()) for alive in masks if alive is not None)


def seen(probe: AbstractProbe, world: World) -> dict[str, Tensor]:
    """Returns what a probe reads of the living, replica by replica once somebody has died.

    A quantity with an axis of agents keeps their places, with no number where nobody is. What is
    measured in a population that has died out is no number.
    """
    if probe.counts_the_dead or all_alive(world):
        return probe.read(world)
    each = [seen_alone(probe, world, replica) for replica in range(world.replicas)]
    return {quantity: torch.cat([one[quantity] for one in each]) for quantity in each[0]}


def seen_alone(probe: AbstractProbe, world: World, replica: int) -> dict[str, Tensor]:
    """Returns what a probe reads of one replica: `[1, ...]`, in the shape of a full house."""
    places = {name: living(population, replica) for name, population in world.populations.items()}
    about = subjects(probe, world)
    if any(len(places[name]) == 0 for name in about):
        whole = probe.read(world)
        return {
            name: torch.full_like(values[:1], torch.nan, dtype=torch.float64)
            for name, values in whole.items()
        }
    read = probe.read(alone(world, replica, places))
    return {
        name: placed_back(values, probe.quantities[name], world, about, places, replica)
        for name, values in read.items()
    }


def placed_back(
    values: Tensor,
    axes: tuple[str, ...],
    world: World,
    about: tuple[str, ...],
    places: Mapping[str, Tensor],
    replica: int,
) -> Tensor:
    """Returns a quantity with its axis of agents, if it has one, spread over all places."""
    values = values.to(torch.float64)
    if AGENT not in axes:
        return values
    axis = 1 + axes.index(AGENT)
    own = next(name for name in about if len(places[name]) == values.shape[axis])
    shape = list(values.shape)
    shape[axis] = world[own].agents
    whole = torch.full(shape, torch.nan, dtype=values.dtype, device=values.device)
    return whole.index_copy(axis, places[own] - replica * world[own].agents, values)


def subjects(probe: AbstractProbe, world: World) -> tuple[str, ...]:
    """Names the populations that a probe is about: its own, or those that its relation joins."""
    on, over = getattr(probe, "on", None), getattr(probe, "over", None)
    found = [on] if isinstance(on, str) else []
    if isinstance(over, str) and over in world.relations:
        found += world.relations[over].ends()
    return tuple(dict.fromkeys(found))


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

    populations = {
        name: replace(
            population,
            agents=len(places[name]),
            replicas=1,
            unborn=0,
            weights={key: values[places[name]] for key, values in population.weights.items()},
            state={key: values[places[name]] for key, values in population.state.items()},
        )
        for name, population in world.populations.items()
    }
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
    first, second = world.relations[relation].ends()

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
    )
