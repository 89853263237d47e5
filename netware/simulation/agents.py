"""Agents as Mesa sees them: thin views of one row of a population."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import mesa
import torch
from torch import Tensor

from netware.errors import ScenarioError, ShapeError
from netware.models.base import AbstractModel
from netware.population import Population
from netware.scenario.checks.suggest import closest, listed


if TYPE_CHECKING:
    from netware.simulation.model import NetwareModel
    from netware.world import World


@dataclass(frozen=True)
class Tie:
    """One typed edge between two agents.

    Args:
        relation: Key of the relation in the scenario.
        type: Its type, such as `association`.
        source: Agent at the source end.
        target: Agent at the target end.
        weight: Weight of the edge. [1]
    """

    relation: str
    type: str
    source: NetwareAgent
    target: NetwareAgent
    weight: float


class NetwareAgent(mesa.Agent):
    """One agent of a population: its columns of state are its attributes, read and write.

    Reading gives a number, or a tensor of its own for a column of vectors; writing changes the
    world that the model holds. A class of your own may add methods; one called `step` runs beside
    the batched rules, one agent at a time, in the order that `activation` says.

    Attributes:
        population: Name of the population.
        replica: Replica the agent lives in.
        id: Its id within the replica, which no other agent ever had.
        row: Its position on the population's agent axis.
    """

    population: str
    replica: int
    id: int
    row: int

    def __init__(self, model: NetwareModel, population: str, replica: int, id: int, row: int):
        """Makes the view; the model does this when its agents are first asked for."""
        mesa.Agent.__init__(self, model)
        self.__dict__.update(population=population, replica=replica, id=id, row=row)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or "population" not in self.__dict__:
            raise AttributeError(name)
        state = self.world.populations[self.population].state
        if name not in state:
            raise AttributeError(
                f"agents of '{self.population}' have no '{name}'; "
                f"their state has {', '.join(sorted(state)) or 'no columns'}"
            )
        value = state[name][self.row]
        return value.item() if value.dim() == 0 else value.clone()

    def __setattr__(self, name: str, value: Any) -> None:
        if "row" in self.__dict__ and self.netware.has_column(self.population, name):
            self.netware.write(self.population, name, self.row, value)
        else:
            mesa.Agent.__setattr__(self, name, value)

    @property
    def netware(self) -> NetwareModel:
        """Returns the model, by its own type."""
        return self.__dict__["model"]

    @property
    def world(self) -> World:
        """Returns the world as it is, to read."""
        return self.netware.peek()

    @property
    def name(self) -> str | None:
        """Returns what files call the agent, or None if none names it."""
        who = self.world[self.population].who
        shown = None if who is None else who.shown
        return shown[self.id] if shown is not None and self.id < len(shown) else None

    @property
    def weights(self) -> dict[str, Tensor]:
        """Returns the agent's own weights, as copies."""
        weights = self.world[self.population].weights
        return {name: values[self.row].clone() for name, values in weights.items()}

    @weights.setter
    def weights(self, values: Mapping[str, Tensor]) -> None:
        self.netware.write_weights(self.population, self.row, values)

    def forward(self, x: Tensor) -> Tensor:
        """Computes the agent's answer to one sample `[inputs]` or to many `[samples, inputs]`."""
        weights, inputs, state = self.own_row(x)
        answer = self.population_model().forward(weights, inputs, state)
        return answer[0].reshape(*torch.as_tensor(x).shape[:-1], -1)

    def trace(self, x: Tensor) -> dict[str, Tensor]:
        """Returns what each part of the agent answers to a sample or to many, by name.

        Hidden parts in the order of use, `[units]` or `[samples, units]`, then the output as
        `output`: `agent.trace(x)["hidden1"]`, or a leaf of a module of one's own, `body.0`.
        """
        (weights, inputs, state), shape = self.own_row(x), torch.as_tensor(x).shape[:-1]
        traced = self.population_model().trace(weights, inputs, state)
        return {part: h[0].reshape(*shape, h.shape[-1]) for part, h in traced.items()}

    def population_model(self) -> AbstractModel:
        """Returns the model of the agent's population, or says that there is none."""
        return self.world[self.population].wrapped()

    def own_row(self, x: Tensor) -> tuple[dict[str, Tensor], Tensor, dict[str, Tensor]]:
        """Returns the agent's weights, samples and state, as a population of one."""
        population, size = self.world[self.population], self.population_model().input_size()
        x = torch.as_tensor(x, dtype=population.dtype, device=population.device)
        if x.dim() not in (1, 2) or x.shape[-1] != size:
            raise ShapeError(
                f"agent {self.unique_id} of '{self.population}'",
                found=f"an input of shape {tuple(x.shape)}",
                expected=f"({size},) or (samples, {size})",
                fix="give one number for each input of the model",
            )
        own = slice(self.row, self.row + 1)
        weights = {name: values[own] for name, values in population.weights.items()}
        state = {name: values[own] for name, values in population.state.items()}
        return weights, x.reshape(1, -1, size), state

    def neighbors(self, relation: str) -> list[NetwareAgent]:
        """Returns the agents at the source end of the edges of one relation into this agent."""
        if relation not in self.world.edges:
            raise unknown_relation(relation, self)
        return [tie.source for tie in ties_into(self, relation)]

    def remove(self) -> None:
        """Dies, and leaves the model: its edges go, and its parts die with it."""
        self.netware.kill(self)

    def relations(self, type: str | None = None) -> list[Tie]:
        """Returns the agent's edges in either direction, all or those of one type."""
        types = self.netware.blueprint.relation_types
        return [
            tie
            for name in self.world.edges
            if type in (None, types[name])
            for tie in (*ties_into(self, name), *ties_out_of(self, name))
        ]


def unknown_relation(relation: str, agent: NetwareAgent) -> ScenarioError:
    """Returns the error for a name that no relation of the scenario has."""
    choices = list(agent.world.edges)
    near = closest(relation, choices)
    return ScenarioError(
        f"agent {agent.unique_id} of '{agent.population}'",
        found=f"no relation '{relation[:60]}'",
        expected=listed(choices) if choices else "a scenario with relations",
        fix=f"write '{near}'" if near else "name one of them, as the scenario does",
        code="S-ENUM",
    )


def ties_into(agent: NetwareAgent, relation: str) -> list[Tie]:
    """Returns the edges of one relation into an agent: its row of them, and no other is read."""
    model, edges = agent.netware, agent.world.edges[relation]
    first, second = edges.ends
    if second != agent.population:
        return []
    start, stop = edges.pointer[agent.row : agent.row + 2].tolist()
    sources = edges.source[start:stop].tolist()
    weights = [1.0] * len(sources)
    if edges.weight is not None:
        weights = edges.weight[start:stop].double().tolist()
    tie = partial(Tie, relation, model.blueprint.relation_types[relation])
    return [
        tie(model.view(first, source), agent, weight)
        for source, weight in zip(sources, weights, strict=True)
    ]


def ties_out_of(agent: NetwareAgent, relation: str) -> list[Tie]:
    """Returns the edges of one relation out of an agent, for which all its edges are read."""
    model, edges = agent.netware, agent.world.edges[relation]
    first, second = edges.ends
    if first != agent.population:
        return []
    where = (edges.source == agent.row).nonzero()[:, 0]
    weights = [1.0] * len(where)
    if edges.weight is not None:
        weights = edges.weight[where].double().tolist()
    tie = partial(Tie, relation, model.blueprint.relation_types[relation])
    return [
        tie(agent, model.view(second, target), weight)
        for target, weight in zip(edges.target[where].tolist(), weights, strict=True)
    ]


@cache
def view_class(population: str) -> type[NetwareAgent]:
    """Returns the class of the agents of a population that has none of its own."""
    return type(population.title().replace("_", ""), (NetwareAgent,), {})


def who(
    population: Population, views: list[NetwareAgent | None]
) -> Iterator[tuple[int, int | None]]:
    """Yields slots whose agent is not the one of the view, and its id; None for an empty slot."""
    if population.alive is None or population.identity is None:
        if None in views:
            yield from ((row, row % population.agents) for row in range(population.total))
        return
    ids = torch.where(population.alive, population.identity, -1).tolist()
    for row, (id, view) in enumerate(zip(ids, views, strict=True)):
        if id != (-1 if view is None else view.id):
            yield row, None if id < 0 else id
