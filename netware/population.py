"""A population: agents of one kind, their weights and state as tensors with agents first."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import torch
from jaxtyping import Bool, Float, Int, Shaped
from torch import Tensor

from netware.errors import ShapeError, StateError
from netware.graphs.names import Names
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
    the column `identity` who it is, by a number that no other agent of the replica ever had.

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
        unborn: Places of a replica, the last ones, where there is no agent at the start. [1]
        who: Who is who, where files name the agents.
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
    empty_slots: int = 0
    who: Names | None = None

    @property
    def initial_agents(self) -> int:
        """Returns the agents of one replica at the start."""
        return self.agents - self.empty_slots

    @property
    def alive(self) -> Bool[Tensor, " agents"] | None:
        """Returns who is alive, or None where no agent can die."""
        return self.state.get(ALIVE)

    @property
    def present(self) -> Bool[Tensor, " agents"]:
        """Returns who is there: all, where no agent can die."""
        return self.everyone if self.alive is None else self.alive

    @cached_property
    def everyone(self) -> Bool[Tensor, " agents"]:
        """Returns True for every place."""
        return torch.ones(self.total, dtype=torch.bool, device=self.device)

    @property
    def present_count(self) -> Int[Tensor, " replicas"]:
        """Returns how many agents of each replica are there."""
        return self.per_replica(self.present).sum(1)

    @property
    def identity(self) -> Int[Tensor, " agents"] | None:
        """Returns who is where, or None where each agent keeps its place for ever."""
        return self.state.get(IDENTITY)

    @property
    def names(self) -> Int[Tensor, " agents"]:
        """Returns the id of who is at each place: the slot's own while no agent can die."""
        return self.ids if self.identity is None else self.identity

    @property
    def founder(self) -> Int[Tensor, " agents"] | None:
        """Returns for each place one of the agents at the start, of all replicas: by its id modulo
        their number. None where everybody is one of them, in its place for ever.
        """
        if self.identity is None:
            return None
        return self.identity.clamp(min=0) % self.initial_agents + self.replica * self.initial_agents

    def mortal(self) -> "Population":
        """Returns the population with the columns that births and deaths need."""
        if ALIVE in self.state:
            return self
        there = self.ids < self.initial_agents
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
        return replace(self, agents=agents, replicas=1, weights=weights, state=state, empty_slots=0)

    def at(self, positions: Int[Tensor, " chosen"]) -> "Population":
        """Returns the agents at some flat positions, as a population of one replica."""

        def taken(columns: Mapping[str, Tensor]) -> dict[str, Tensor]:
            return {name: at_rows(values, positions) for name, values in columns.items()}

        weights, state = taken(self.weights), taken(self.state)
        agents = len(positions)
        return replace(self, agents=agents, replicas=1, weights=weights, state=state, empty_slots=0)

    def held(self, name: str) -> dict[str, Tensor]:
        """Returns a column of state by its name, or every weight for the name `weights`."""
        return dict(self.weights) if name == WEIGHTS and self.weights else {name: self[name]}

    def holding(self, name: str, values: Mapping[str, Tensor]) -> "Population":
        """Returns the population with new values of what `held` returns."""
        if name == WEIGHTS and self.weights:
            return self.with_weights(values)
        return self.with_state(values)

    def one_present(
        self, words: Int[Tensor, " drawn"], replica: Int[Tensor, " drawn"]
    ) -> Int[Tensor, " drawn"]:
        """Returns one agent for each 32-bit word, any of those there in its replica alike.

        As flat positions; where there is none, the first slot of the replica.
        """
        if self.alive is None:
            return replica * self.agents + (words * self.agents >> 32)
        absent = self.per_replica(~self.alive).to(torch.int8)
        rank = words * self.present_count[replica] >> 32
        return replica * self.agents + absent.argsort(dim=1, stable=True)[replica, rank]

    def share_of_present(
        self, fraction: float, order: Int[Tensor, " agents"], least: int = 0
    ) -> Bool[Tensor, " agents"]:
        """Marks round(fraction n) of the n agents there in each replica, at least `least` of them.

        They are the first of an order of all places, in which those who are not there come last.
        """
        there = self.present_count
        many = (there.double() * fraction).round().long().clamp(min=least).minimum(there)
        place = torch.arange(self.agents, device=order.device)
        marked = (place < many[:, None]).flatten()
        return torch.zeros_like(marked).index_copy(0, order, marked)

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
    if model.weight_reads() > 1 and inputs.device.type == "cpu" and inputs.shape[1] == 1:
        return max(8, CACHE_BYTES // max(1, per_agent))
    activities = inputs.shape[1] * model.units() * inputs.element_size()
    return max(1, CHUNK_BYTES // max(1, activities))


def is_shared(weights: Mapping[str, Tensor]) -> bool:
    """Tells whether all agents have the same weights, which lie in memory once."""
    return bool(weights) and all(shares_one_row(values) for values in weights.values())


def shares_one_row(values: Tensor) -> bool:
    """Tells whether all agents have the same row, which lies in memory once."""
    return values.dim() > 0 and len(values) > 1 and values.stride(0) == 0


def rows(columns: Mapping[str, Any], start: int, size: int) -> dict[str, Any]:
    """Returns the same agents of every column."""
    return {name: values[start : start + size] for name, values in columns.items()}


def at_rows(values: Tensor, positions: Tensor) -> Tensor:
    """Returns some rows of a tensor; rows that are all the same row in memory stay so."""
    if len(values) and values.stride(0) == 0:
        return values[:1].expand(len(positions), *values.shape[1:])
    return values.index_select(0, positions)
