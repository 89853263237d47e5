"""What rules of recall share: who can recall, and how units turn to the field on them."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from netware.draws import Stream
from netware.errors import ShapeError, StateError
from netware.models.base import AbstractModel, Weights
from netware.models.memories.memory import (
    AbstractSpinMemory,
    Field,
    aligned,
)
from netware.population import Population, chunk_size
from netware.rules.base import IN_PAIRS, AbstractRule, Acting, Activation, Reads, with_rows
from netware.world import World


class AbstractRecall(AbstractRule):
    """A rule by which memories update their state towards what they have stored.

    Args:
        on: Population that recalls.
        state: Column that is recalled into, one number per neuron.
        updates: Updates of every unit in one step. [1]
        cue: Strength of what the agent is shown as a field on its units. [1]
        noise: Temperature of the units. [1]
    """

    on: str
    state: str
    updates: int
    cue: float
    noise: Any

    least_together: ClassVar[int] = 1
    reads: ClassVar[Reads] = "own"
    orders: ClassVar[frozenset[Activation]] = IN_PAIRS

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses agents that cannot recall, and columns that do not fit them."""
        where, model = f"rules.{acting.rule}", world[self.on].wrapped()
        self.check_model(model, where)
        if model.input_size() != model.output_size():
            raise ShapeError(
                where,
                found=f"a model from {model.input_size()} to {model.output_size()} numbers",
                expected="a memory, whose answer has the size of its input",
                fix="write 'model: {type: hopfield, ...}' under the population",
            )
        for column in (self.state, "input") if self.cue > 0 else (self.state,):
            check_column(world[self.on], model, column, where)
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after the updates of this step."""
        population = world[self.on]
        before, size = population[self.state], self.agents_at_once(population)
        if acting.agents is None:
            parts = [slice(start, start + size) for start in range(0, population.total, size)]
        else:
            parts = acting.agents.split(size)
        after = torch.cat([self.recalled(world, acting, part) for part in parts])
        return world.with_state(self.on, **{self.state: with_rows(before, acting.agents, after)})

    def agents_at_once(self, population: Population) -> int:
        """Returns how many agents to update together; nothing but time and memory depends on it."""
        fitting = chunk_size(population.wrapped(), population[self.state][:, None])
        return population.chunk or max(fitting, self.least_together)

    @abstractmethod
    def check_model(self, model: AbstractModel, where: str) -> None:
        """Refuses a model that cannot recall in this way."""

    @abstractmethod
    def updated(
        self, asked: "Asked", states: Float[Tensor, "acting units"], update: int
    ) -> Float[Tensor, "acting units"]:
        """Returns the states after every unit turned once."""

    def recalled(
        self, world: World, acting: Acting, part: slice | Tensor
    ) -> Float[Tensor, "acting units"]:
        """Returns the states of some agents after all updates."""
        population = world[self.on]
        model, states = population.wrapped(), population[self.state][part]
        weights = {name: values[part] for name, values in population.weights.items()}
        if not isinstance(model, AbstractSpinMemory):
            carried = {name: values[part] for name, values in population.state.items()}
            for _ in range(self.updates):
                states = model.forward(weights, states[:, None], carried)[:, 0]
            return states
        push = self.cue * population["input"][part] if self.cue > 0 else torch.zeros_like(states)
        acting = replace(
            acting, agents=(population.ids + population.agents * population.replica)[part]
        )
        noise = acting.value(world, self, "noise")
        asked = Asked(model, weights, push, noise, partial(acting.stream, world, self.on))
        for update in range(self.updates):
            states = self.updated(asked, states, update)
        return states


@dataclass(frozen=True)
class Asked:
    """Memories of spins that are asked together.

    Args:
        model: What they are.
        weights: What they have stored, `[acting, ...]`.
        push: Field on each unit from outside, `[acting, units]`.
        noise: Temperature T. [1]
        stream: Opens their random numbers for one use.
    """

    model: AbstractSpinMemory
    weights: Weights
    push: Tensor
    noise: float | Float[Tensor, " acting"]
    stream: Callable[[str], Stream]

    @cached_property
    def fields(self) -> Field:
        """Returns the field on every unit, as a function of the states."""
        return self.model.local_fields(self.weights)

    def chance(self, update: int) -> Tensor | None:
        """Draws a number from U[0, 1) for every unit, where there is noise."""
        if not isinstance(self.noise, Tensor) and self.noise == 0:
            return None
        size = (self.push.shape[1],)
        return self.stream(f"noise{update}").uniform(size=size, dtype=self.push.dtype)


def turned(
    field: Float[Tensor, "acting *units"],
    own: Float[Tensor, "acting *units"],
    noise: float | Float[Tensor, " acting"],
    chance: Float[Tensor, "acting *units"] | None,
) -> Float[Tensor, "acting *units"]:
    """Returns what units in a field become; `chance` is drawn from U[0, 1) where there is noise."""
    if chance is None:
        return aligned(field, own)
    if not isinstance(noise, Tensor):
        return (chance < torch.sigmoid(field * (2 / noise))).to(field.dtype).mul_(2).sub_(1)
    each = noise.view(-1, *[1] * (field.dim() - 1))
    up = chance < torch.sigmoid(field * (2 / each.where(each > 0, torch.ones_like(each))))
    return torch.where(each > 0, up.to(field.dtype).mul_(2).sub_(1), aligned(field, own))


def check_column(population: Population, model: AbstractModel, column: str, where: str) -> None:
    """Refuses a column that is not there, or that has not one number per neuron."""
    if column not in population.state:
        raise StateError(
            where,
            found=f"no column '{column}' in population '{population.name}'",
            expected=f"a column of {model.input_size()} numbers for each agent",
            fix="write 'inputs: {task: ..., corruption: 0.25}' under the population",
        )
    shape, expected = tuple(population[column].shape), (population.total, model.input_size())
    if shape != expected:
        raise ShapeError(
            where,
            found=f"column '{column}' of shape {shape}",
            expected=f"{expected}, one number per neuron",
            fix=f"make '{column}' as wide as the model, or the model as wide as '{column}'",
        )
