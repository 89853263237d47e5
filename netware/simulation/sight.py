"""What probes see of a world, and what they remember: the living alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TypeVar

import torch
from torch import Tensor

from netware.axes import AGENT
from netware.errors import ScenarioError, ShapeError, StateError
from netware.probes.base import AbstractProbe, AbstractRememberingProbe, Memory
from netware.simulation.lifecycle import all_alive, alone, living
from netware.world import World


Held = TypeVar("Held")


class EmptyPlaceError(Exception):
    """A probe that is shown all places has looked at a population with an empty one."""


@dataclass(frozen=True)
class FullOnly(Mapping[str, Held]):
    """Populations or edges, of which only those may be looked at that have no empty place.

    Args:
        held: All of them.
        empty: Names of those with an empty place.
    """

    held: Mapping[str, Held]
    empty: frozenset[str]

    def __getitem__(self, name: str) -> Held:
        """Returns one of them."""
        if name in self.empty:
            raise EmptyPlaceError(name)
        return self.held[name]

    def __iter__(self) -> Iterator[str]:
        """Lists them; who comes to the end has looked at all."""
        yield from (name for name in self.held if name not in self.empty)
        if self.empty:
            raise EmptyPlaceError(", ".join(self.empty))

    def __len__(self) -> int:
        """Counts them."""
        return len(self.held)


@dataclass(frozen=True)
class Sight:
    """What probes see of a world: the living alone, replica by replica once an agent has died.

    All probes of a moment share one sight, so that the living are gathered once; and all who ask
    what a probe reads (the recorder, the condition to stop, Mesa's collector) share its answer.

    Args:
        world: The world.
        memories: What probes remember, by their names.
    """

    world: World
    memories: Mapping[str, Memory] = field(default_factory=dict)
    _answers: dict[str, dict[str, Tensor]] = field(default_factory=dict, init=False, repr=False)
    _means: dict[str, dict[str, float]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def whole(self) -> bool:
        """Tells whether there is an agent in every slot, so that none need be left out."""
        return all_alive(self.world)

    @cached_property
    def full(self) -> World:
        """Returns the world as far as all slots have agents; the rest cannot be looked at."""
        people, edges = self.world.populations, self.world.edges
        empty = frozenset(
            name
            for name, population in people.items()
            if population.alive is not None and not bool(population.alive.all())
        )
        touched = frozenset(name for name, one in edges.items() if empty & set(one.ends))
        # A copy, since the fields of a world that is made are looked at where types are checked.
        shown = copy(self.world)
        vars(shown).update(populations=FullOnly(people, empty), edges=FullOnly(edges, touched))
        return shown

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

        A quantity with an axis of agents keeps their places, with no number where there is no
        agent. What is measured in a population that has died out is no number.
        """
        if name not in self._answers:
            self._answers[name] = self.read_now(name, probe)
        return self._answers[name]

    def means(self, name: str, probe: AbstractProbe) -> dict[str, float]:
        """Returns the mean over replicas of each quantity that has no other axis.

        This waits for the device, once.
        """
        if name not in self._means:
            self._means[name] = self.means_now(name, probe)
        return self._means[name]

    def means_now(self, name: str, probe: AbstractProbe) -> dict[str, float]:
        """Returns the means of what a probe reads, computed now."""
        read = self.read(name, probe)
        scalars = [quantity for quantity, axes in probe.quantities.items() if not axes]
        if not scalars:
            return {}
        means = torch.stack([read[quantity].double().mean() for quantity in scalars])
        return dict(zip(scalars, means.tolist(), strict=True))

    def read_now(self, name: str, probe: AbstractProbe) -> dict[str, Tensor]:
        """Returns what a probe reads, asked now."""
        memory = self.memory_of(name, probe)
        found = self.of_all(probe, partial(answer, probe, memory=memory))
        if found is not None:
            return found
        each = [
            self.read_alone(name, probe, memory, replica) for replica in range(self.world.replicas)
        ]
        return {quantity: torch.cat([one[quantity] for one in each]) for quantity in each[0]}

    def of_all(
        self, probe: AbstractProbe, ask: Callable[[World], dict[str, Tensor]]
    ) -> dict[str, Tensor] | None:
        """Returns the answer about all places at once, or None if it is about an empty one.

        An empty place elsewhere changes nothing then, not even the last digit.
        """
        if probe.counts_the_dead or self.whole:
            return ask(self.world)
        with suppress(EmptyPlaceError):
            return ask(self.full)
        return None

    def memory_of(self, name: str, probe: AbstractProbe) -> Memory:
        """Returns what a probe remembers, or says that it has not been kept."""
        if isinstance(probe, AbstractRememberingProbe) and name not in self.memories:
            raise StateError(
                f"probes.{name}",
                found="a probe that remembers, read without its memory",
                expected="the memory that a model keeps from step to step",
                fix="read it with 'model.reading', or with 'model.sight.read'",
            )
        return self.memories.get(name, {})

    def read_alone(
        self, name: str, probe: AbstractProbe, memory: Memory, replica: int
    ) -> dict[str, Tensor]:
        """Returns what a probe reads of one replica: `[1, ...]`, in the shape of a full house."""
        about, places = probe.about(), self.places[replica]
        if about is not None and len(places[about]) == 0:
            return {
                quantity: torch.full_like(values[:1], torch.nan)
                for quantity, values in answer(probe, self.world, memory).items()
            }
        own = self.part(name, probe, memory, replica)
        return {
            quantity: placed_back(
                values,
                axis_of(name, probe, probe.quantities.get(quantity, ()), self.world),
                self.world,
                about,
                places,
                replica,
                torch.nan,
            )
            for quantity, values in answer(probe, self.alone[replica], own).items()
        }

    def part(self, name: str, probe: AbstractProbe, memory: Memory, replica: int) -> Memory:
        """Returns what a probe remembers of the living of one replica: `[1, ...]`."""
        own, about = {}, probe.about()
        for key, values in memory.items():
            axis = axis_of(name, probe, probe.memory.get(key, ()), self.world)
            own[key] = values[replica : replica + 1]
            if axis is not None and about is not None:
                rows = self.places[replica][about] - replica * self.world[about].agents
                own[key] = own[key].index_select(axis, rows)
        return own

    def begun_memory(self, name: str, probe: AbstractRememberingProbe) -> dict[str, Tensor]:
        """Returns the memory of a probe that begins in this world."""
        begun = self.of_all(probe, probe.begin)
        if begun is not None:
            return begun
        return self.together(name, probe, [probe.begin(world) for world in self.alone])

    def next_memory(
        self, name: str, probe: AbstractRememberingProbe, memory: Memory
    ) -> dict[str, Tensor]:
        """Returns the memory of a probe with this world in it."""
        remembered = self.of_all(probe, lambda world: probe.remember(world, memory))
        if remembered is not None:
            return remembered
        each = [
            probe.remember(world, self.part(name, probe, memory, replica))
            for replica, world in enumerate(self.alone)
        ]
        return self.together(name, probe, each)

    def together(
        self, name: str, probe: AbstractProbe, each: Sequence[Memory]
    ) -> dict[str, Tensor]:
        """Joins memories of the living of each replica, with nothing in empty slots."""
        about, joined = probe.about(), {}
        for key in each[0]:
            axis = axis_of(name, probe, probe.memory.get(key, ()), self.world)
            parts = [
                placed_back(one[key], axis, self.world, about, places, replica, 0.0)
                for replica, (one, places) in enumerate(zip(each, self.places, strict=True))
            ]
            if len(shapes := {tuple(part.shape[1:]) for part in parts}) > 1:
                raise ShapeError(
                    f"probes.{name}.{key}",
                    found=f"a memory of shapes {', '.join(map(str, sorted(shapes)))}",
                    expected="one shape, however many are alive",
                    fix="give it the axis AGENT, or a length that does not follow the agents",
                )
            joined[key] = torch.cat(parts)
        return joined


def answer(probe: AbstractProbe, world: World, memory: Memory) -> dict[str, Tensor]:
    """Returns what a probe reads, with its memory if it has one."""
    if isinstance(probe, AbstractRememberingProbe):
        return real(probe.recall(world, memory))
    return real(probe.read(world))


def seen(probe: AbstractProbe, world: World) -> dict[str, Tensor]:
    """Returns what one probe reads of the living of a world."""
    return Sight(world).read(type(probe).__name__, probe)


def real(read: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Returns readings as real numbers, so that there may be none: counts as float64."""
    return {
        quantity: values if values.is_floating_point() else values.to(torch.float64)
        for quantity, values in read.items()
    }


def axis_of(name: str, probe: AbstractProbe, axes: tuple[str, ...], world: World) -> int | None:
    """Returns the place of the axis of agents, the replica's being 0, or None without one."""
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
    empty: float,
) -> Tensor:
    """Returns a quantity with its axis of agents, if it has one, spread over all places.

    In an empty slot, it is `empty`.
    """
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
    whole = torch.full(shape, empty, dtype=values.dtype, device=values.device)
    return whole.index_copy(axis, own - replica * agents, values)
