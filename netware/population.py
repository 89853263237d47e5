"""A population: agents of one kind, their weights and state as tensors with agents first."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import torch
from jaxtyping import Bool, Float, Int, Shaped
from torch import Tensor

from netware.errors import ShapeError, StateError
from netware.models.base import AbstractModel


CPU = torch.device("cpu")
WEIGHTS = "weights"
ALIVE = "alive"
IDENTITY = "identity"


@dataclass(frozen=True)
class Population:
    """Agents that share a model and shapes, each with weights and state of its own.

    Agents of all replicas lie on one axis, replica by replica: the agent with id i in replica r
    stands at position r * agents + i.

    Where agents may die and be born, positions are places: the column `alive` says who is there,
    the column `identity` who it is, by a number that nobody else of the replica ever had.

    Args:
        name: Key in the scenario.
        agents: Agents in one replica, or places for them. [1]
        replicas: Replicas. [1]
        model: What each agent computes, or None.
        weights: Weights by name, `[replicas * agents, ...]`.
        state: Columns of state by name, `[replicas * agents, ...]`.
        device: Where the tensors are.
        dtype: Their floating point type.
        chunk: Agents per forward pass, or 0 to let the model's sizes decide. [1]
        unborn: Places of a replica, the last ones, where nobody is at the start. [1]
    """

    name: str
    agents: int
    replicas: int = 1
    model: AbstractModel | None = None
    weights: Mapping[str, Tensor] = field(default_factory=dict)
    state: Mapping[str, Tensor] = field(default_factory=dict)
    device: torch.device = CPU
    dtype: torch.dtype = torch.float32
    chunk: int = 0
    unborn: int = 0

    @property
    def founders(self) -> int:
        """Returns the agents of one replica at the start."""
        return self.agents - self.unborn

    @property
    def alive(self) -> Bool[Tensor, " agents"] | None:
        """Returns who is alive, or None where nobody can die."""
        return self.state.get(ALIVE)

    @property
    def identity(self) -> Int[Tensor, " agents"] | None:
        """Returns who is where, or None where each agent keeps its place for ever."""
        return self.state.get(IDENTITY)

    @property
    def names(self) -> Int[Tensor, " agents"]:
        """Returns the id of who is at each place: the place's own while nobody can die."""
        return self.ids if self.identity is None else self.identity

    def mortal(self) -> "Population":
        """Returns the population with the columns that births and deaths need."""
        if ALIVE in self.state:
            return self
        there = self.ids < self.founders
        return self.with_state({ALIVE: there, IDENTITY: torch.where(there, self.ids, -1)})

    @property
    def total(self) -> int:
        """Returns the agents of all replicas together."""
        return self.replicas * self.agents

    @cached_property
    def ids(self) -> Int[Tensor, " agents"]:
        """Returns each agent's id within its replica."""
        return torch.arange(self.agents, device=self.device).repeat(self.replicas)

    @cached_property
    def replica(self) -> Int[Tensor, " agents"]:
        """Returns each agent's replica."""
        return torch.arange(self.replicas, device=self.device).repeat_interleave(self.agents)

    def __getitem__(self, column: str) -> Shaped[Tensor, "agents ..."]:
        """Returns a column of state."""
        if column not in self.state:
            raise StateError(
                f"populations.{self.name}.state",
                found=f"no column '{column}'",
                expected=f"one of {', '.join(sorted(self.state)) or '(none)'}",
                fix=f"write 'state: {{{column}: uniform}}' under the population",
            )
        return self.state[column]

    def with_state(self, columns: Mapping[str, Tensor]) -> "Population":
        """Returns the population with these columns in place of the old, shapes kept."""
        for name, values in columns.items():
            expected = (
                self.state[name].shape if name in self.state else (self.total, *values.shape[1:])
            )
            if values.shape != torch.Size(expected):
                raise ShapeError(
                    f"populations.{self.name}.state.{name}",
                    found=f"shape {tuple(values.shape)}",
                    expected=f"{tuple(expected)} (agents of all replicas first)",
                    fix="keep the shape that the column was made with",
                )
        return replace(self, state={**self.state, **columns})

    def with_weights(self, weights: Mapping[str, Tensor]) -> "Population":
        """Returns the population with these weights in place of the old, shapes kept."""
        shapes = self.model.weight_shapes() if self.model else {}
        for name, values in weights.items():
            shape = (self.total, *shapes[name]) if name in shapes else "no such weight"
            if values.shape != shape:
                raise ShapeError(
                    f"populations.{self.name}.weights.{name}",
                    found=f"shape {tuple(values.shape)}",
                    expected=f"{shape}",
                    fix=f"give one of {', '.join(shapes) or '(none)'} with agents first",
                )
        return replace(self, weights={**self.weights, **weights})

    def part(self, start: int, size: int) -> "Population":
        """Returns some of the agents, as a population of one replica that shares memory."""
        weights, state = rows(self.weights, start, size), rows(self.state, start, size)
        agents = min(size, self.total - start)
        return replace(self, agents=agents, replicas=1, weights=weights, state=state, unborn=0)

    def held(self, name: str) -> dict[str, Tensor]:
        """Returns a column of state by its name, or every weight for the name `weights`."""
        return dict(self.weights) if name == WEIGHTS and self.weights else {name: self[name]}

    def holding(self, name: str, values: Mapping[str, Tensor]) -> "Population":
        """Returns the population with new values of what `held` returns."""
        if name == WEIGHTS and self.weights:
            return self.with_weights(values)
        return self.with_state(values)

    def per_replica(self, values: Tensor) -> Shaped[Tensor, "replicas agents ..."]:
        """Splits the agent axis into replicas and agents."""
        return values.view(self.replicas, self.agents, *values.shape[1:])

    def forward(
        self,
        inputs: Float[Tensor, "agents samples inputs"],
        weights: Mapping[str, Tensor] | None = None,
    ) -> Float[Tensor, "agents samples outputs"]:
        """Computes all agents' answers, cut into chunks of agents that fit memory and cache."""
        model, weights = self.wrapped(), self.weights if weights is None else weights
        if is_shared(weights) and not model.state_shapes():
            one, samples = rows(weights, 0, 1), inputs.reshape(1, -1, inputs.shape[-1])
            return model.forward(one, samples, {}).reshape(*inputs.shape[:2], -1)
        size = self.chunk or chunk_size(model, inputs)
        if size >= self.total:
            return model.forward(weights, inputs, self.state)
        return torch.cat(
            [
                model.forward(
                    rows(weights, start, size),
                    inputs[start : start + size],
                    rows(self.state, start, size),
                )
                for start in range(0, self.total, size)
            ]
        )

    def wrapped(self) -> AbstractModel:
        """Returns the model, or says that these agents have none."""
        if self.model is None:
            raise StateError(
                f"populations.{self.name}.model",
                found="agents without a model",
                expected="a model, since something asks these agents to compute",
                fix="write 'model: {type: multilayer, ...}' under the population",
            )
        return self.model


CACHE_BYTES = 1 << 21
CHUNK_BYTES = 1 << 29


def chunk_size(model: AbstractModel, inputs: Tensor) -> int:
    """Returns how many agents to compute at once: a cacheful of weights for models that sweep."""
    per_agent = model.parameter_count() * inputs.element_size()
    if model.sweeps() > 1 and inputs.device.type == "cpu" and inputs.shape[1] == 1:
        return max(8, CACHE_BYTES // max(1, per_agent))
    activities = inputs.shape[1] * model.units() * inputs.element_size()
    return max(1, CHUNK_BYTES // max(1, activities))


def is_shared(weights: Mapping[str, Tensor]) -> bool:
    """Tells whether all agents have the same weights, which lie in memory once."""
    return bool(weights) and all(len(w) > 1 and w.stride(0) == 0 for w in weights.values())


def rows(columns: Mapping[str, Any], start: int, size: int) -> dict[str, Any]:
    """Returns the same agents of every column."""
    return {name: values[start : start + size] for name, values in columns.items()}
