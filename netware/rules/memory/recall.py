"""Recall: memories are asked what their state reminds them of."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import ClassVar, Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from netware.draws import Stream
from netware.errors import ScenarioError, ShapeError, StateError
from netware.models.base import AbstractModel, Weights
from netware.models.memories.memory import (
    AbstractSpinMemory,
    ByUnit,
    Field,
    aligned,
    at,
    sums_of,
)
from netware.parameters import Column, Count, NonNegative, PopulationName
from netware.population import Population, chunk_size
from netware.rules.base import IN_PAIRS, AbstractRule, Acting, Activation, Reads, with_rows
from netware.world import World


LEAST_TOGETHER = 256


@dataclass(frozen=True)
class Recall(AbstractRule):
    """Lets each memory update its state towards what it has stored.

    s_i <- sign(h_i + cue x_i), where sign(0) is the sign of s_i; with noise T > 0 the unit becomes
    +1 with probability 1 / (1 + exp(-2 (h_i + cue x_i) / T)), else -1 (Glauber). h is the local
    field of the model for the state as it is, be it real; x is what the agent is shown.

    Args:
        on: Population that recalls.
        state: Column that is recalled into, one number per neuron.
        updates: Updates of every unit in one step. [1]
        order: `synchronous`, all units of an agent at once, which may end in a cycle of two; or
            `asynchronous`, one after another in a random order of each agent's own, by which the
            energy never increases while the noise is 0.
        cue: Strength of what the agent is shown, its column `input`, as a field on its units. [1]
        noise: Temperature T of the units, in the unit of the field. [1]

    Reads: weights, state; input where cue > 0.
    Writes: state.

    Source: Hopfield (1982), PNAS 79, 2554, doi:10.1073/pnas.79.8.2554; synchronous: Little (1974),
    Math. Biosci. 19, 101, doi:10.1016/0025-5564(74)90031-5; noise: Glauber (1963), J. Math. Phys.
    4, 294, doi:10.1063/1.1703954.
    Departs from it: asynchronous updates every unit once in a sweep, not units at random times. A
    model without spins recalls by its forward pass: synchronously, without cue and noise.
    """

    on: PopulationName
    state: Column = "output"
    updates: Count = 1
    order: Literal["synchronous", "asynchronous"] = "synchronous"
    cue: NonNegative = 0.0
    noise: NonNegative = 0.0

    reads: ClassVar[Reads] = "own"
    orders: ClassVar[frozenset[Activation]] = IN_PAIRS

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses agents that cannot recall, and columns that do not fit them."""
        where, model = f"rules.{acting.rule}", world[self.on].wrapped()
        spins = self.order == "asynchronous" or self.cue > 0 or self.noise > 0
        if spins and not isinstance(model, AbstractSpinMemory):
            raise ScenarioError(
                where,
                found=f"order, cue or noise for a model without spins, {type(model).__name__}",
                expected="order: synchronous, cue: 0 and noise: 0",
                fix="leave these out, or write 'model: {type: hopfield, ...}'",
            )
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
        least = LEAST_TOGETHER if self.order == "asynchronous" else 1
        return population.chunk or max(fitting, least)

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
        asked = Asked(model, weights, push, self.noise, partial(acting.stream, world, self.on))
        for update in range(self.updates):
            if self.order == "asynchronous":
                states = asked.in_turn(states, update)
            else:
                states = asked.at_once(states, update)
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
    noise: float
    stream: Callable[[str], Stream]

    @cached_property
    def fields(self) -> Field:
        """Returns the field on every unit, as a function of the states."""
        return self.model.local_fields(self.weights)

    def at_once(
        self, states: Float[Tensor, "acting units"], update: int
    ) -> Float[Tensor, "acting units"]:
        """Returns the states after all units turned together."""
        field = self.fields(states[:, None])[:, 0] + self.push
        return turned(field, states, self.noise, self.chance(update))

    def in_turn(
        self, states: Float[Tensor, "acting units"], update: int
    ) -> Float[Tensor, "acting units"]:
        """Returns the states after every unit turned once, in an order of each agent's own."""
        words = self.stream(f"order{update}").words((states.shape[1],))
        order = torch.argsort(words, dim=1, stable=True)
        chance = self.chance(update)
        return swept(self.model, self.weights, states, self.push, order, self.noise, chance)

    def chance(self, update: int) -> Tensor | None:
        """Draws a number from U[0, 1) for every unit, where there is noise."""
        if self.noise == 0:
            return None
        size = (self.push.shape[1],)
        return self.stream(f"noise{update}").uniform(size=size, dtype=self.push.dtype)


def turned(
    field: Float[Tensor, "acting *units"],
    own: Float[Tensor, "acting *units"],
    noise: float,
    chance: Float[Tensor, "acting *units"] | None,
) -> Float[Tensor, "acting *units"]:
    """Returns what units in a field become; `chance` is drawn from U[0, 1) where there is noise."""
    if chance is None:
        return aligned(field, own)
    return (chance < torch.sigmoid(field * (2 / noise))).to(field.dtype).mul_(2).sub_(1)


def swept(
    model: AbstractSpinMemory,
    weights: Weights,
    states: Float[Tensor, "acting units"],
    push: Float[Tensor, "acting units"],
    order: Int[Tensor, "acting units"],
    noise: float = 0.0,
    chance: Float[Tensor, "acting units"] | None = None,
) -> Float[Tensor, "acting units"]:
    """Updates every unit once, each agent's in its own order, and returns the states."""
    states = states.clone()
    sums = sums_of(weights, states[:, None])[:, 0]
    fields, patterns = model.unit_fields(weights), ByUnit.of(weights["patterns"])
    for unit in order.T.contiguous():
        own, xi = at(states, unit), patterns.at(unit)
        field = fields(unit, own, xi, sums) + at(push, unit)
        new = turned(field, own, noise, None if chance is None else at(chance, unit))
        sums = torch.addcmul(sums, xi, (new - own)[:, None])
        states.scatter_(1, unit[:, None], new[:, None])
    return states


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
