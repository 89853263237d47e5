"""The living: edges go with the dead, and probes see only who is there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from jaxtyping import Int
from torch import Tensor

from netware.axes import AGENT
from netware.edges import Edges
from netware.errors import ScenarioError, ShapeError
from netware.population import Population
from netware.probes.base import AbstractProbe
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
    """Names the populations in which somebody may have died or been born since `before`."""
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
    """Tells whether somebody is at every place of every population."""
    masks = [population.alive for population in world.populations.values()]
    return all(bool(alive.all()) for alive in masks if alive is not None)


@dataclass(frozen=True)
class Sight:
    """What probes see of a world: the living alone, replica by replica once somebody has died.

    All probes of a moment share one sight, so that the living are gathered once.

    Args:
        world: The world.
    """

    world: World

    @cached_property
    def whole(self) -> bool:
        """Tells whether somebody is at every place, so that nobody need be left out."""
        return all_alive(self.world)

    @cached_property
    def places(self) -> tuple[Mapping[str, Tensor], ...]:
        """Returns the places of the living by population, for each replica."""
        populations = self.world.populations.items()
        return tuple(
            {name: living(population, replica) for name, population in populations}
            for replica in range(self.world.replicas)
        )

    @cached_property
    def alone(self) -> tuple[World, ...]:
        """Returns the world of the living of each replica."""
        return tuple(alone(self.world, replica, own) for replica, own in enumerate(self.places))

    def read(self, name: str, probe: AbstractProbe) -> dict[str, Tensor]:
        """Returns what a probe reads of the living.

        A quantity with an axis of agents keeps their places, with no number where nobody is. What
        is measured in a population that has died out is no number.
        """
        if probe.counts_the_dead or self.whole:
            return real(probe.read(self.world))
        each = [self.read_alone(name, probe, replica) for replica in range(self.world.replicas)]
        return {quantity: torch.cat([one[quantity] for one in each]) for quantity in each[0]}

    def read_alone(self, name: str, probe: AbstractProbe, replica: int) -> dict[str, Tensor]:
        """Returns what a probe reads of one replica: `[1, ...]`, in the shape of a full house."""
        about, places = probe.about(), self.places[replica]
        if about is not None and len(places[about]) == 0:
            return {
                quantity: torch.full_like(values[:1], torch.nan)
                for quantity, values in real(probe.read(self.world)).items()
            }
        return {
            quantity: placed_back(
                values,
                axis_of(name, probe, quantity, self.world),
                self.world,
                about,
                places,
                replica,
            )
            for quantity, values in real(probe.read(self.alone[replica])).items()
        }


def seen(probe: AbstractProbe, world: World) -> dict[str, Tensor]:
    """Returns what one probe reads of the living of a world."""
    return Sight(world).read(type(probe).__name__, probe)


def real(read: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Returns readings as real numbers, so that there may be none: counts as float64."""
    return {
        quantity: values if values.is_floating_point() else values.to(torch.float64)
        for quantity, values in read.items()
    }


def axis_of(name: str, probe: AbstractProbe, quantity: str, world: World) -> int | None:
    """Returns the axis of agents of a quantity, the replica's being 0, or None without one."""
    axes = probe.quantities.get(quantity, ())
    if AGENT not in axes:
        return None
    if problems := probe.unsure(world, f"probes.{name}"):
        raise ScenarioError.together(problems)
    return 1 + axes.index(AGENT)


def placed_back(
    values: Tensor,
    axis: int | None,
    world: World,
    about: str | None,
    places: Mapping[str, Tensor],
    replica: int,
) -> Tensor:
    """Returns a quantity with its axis of agents, if it has one, spread over all places."""
    if axis is None or about is None:
        return values
    own, agents = places[about], world[about].agents
    if values.shape[axis] != len(own):
        raise ShapeError(
            f"a quantity of each agent of '{about}'",
            found=f"{values.shape[axis]} numbers",
            expected=f"{len(own)}, as many as are alive",
            fix="let the probe's 'about' name the population whose agents it measures",
        )
    shape = list(values.shape)
    shape[axis] = agents
    whole = torch.full(shape, torch.nan, dtype=values.dtype, device=values.device)
    return whole.index_copy(axis, own - replica * agents, values)


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
