"""What probes see of a world, and what they remember: the living alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor

from netware.axes import AGENT
from netware.errors import ScenarioError, ShapeError, StateError
from netware.probes.base import AbstractProbe, AbstractRememberingProbe, Memory
from netware.simulation.lifecycle import all_alive, alone, living
from netware.world import World


@dataclass(frozen=True)
class Sight:
    """What probes see of a world: the living alone, replica by replica once somebody has died.

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
        if self.shows_all(probe):
            return answer(probe, self.world, memory)
        each = [
            self.read_alone(name, probe, memory, replica) for replica in range(self.world.replicas)
        ]
        return {quantity: torch.cat([one[quantity] for one in each]) for quantity in each[0]}

    def shows_all(self, probe: AbstractProbe) -> bool:
        """Tells whether a probe is shown all places at once."""
        return probe.counts_the_dead or self.whole

    def memory_of(self, name: str, probe: AbstractProbe) -> Memory:
        """Returns what a probe remembers, or says that nobody has kept it."""
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
        if self.shows_all(probe):
            return probe.begin(self.world)
        return self.together(name, probe, [probe.begin(world) for world in self.alone])

    def next_memory(
        self, name: str, probe: AbstractRememberingProbe, memory: Memory
    ) -> dict[str, Tensor]:
        """Returns the memory of a probe with this world in it."""
        if self.shows_all(probe):
            return probe.remember(self.world, memory)
        each = [
            probe.remember(world, self.part(name, probe, memory, replica))
            for replica, world in enumerate(self.alone)
        ]
        return self.together(name, probe, each)

    def together(
        self, name: str, probe: AbstractProbe, each: Sequence[Memory]
    ) -> dict[str, Tensor]:
        """Joins memories of the living of each replica, with nothing where nobody is."""
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

    Where nobody is, it is `empty`.
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
