"""Realization: agents that keep the same promise can stand in for one another."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch

from netware.edges import Edges
from netware.errors import ShapeError
from netware.graphs.topology import AbstractTopology
from netware.needs.base import Surroundings
from netware.parameters import Column, Count, Member, PopulationName
from netware.population import Population
from netware.relations.base import AbstractGraphRelation, Flow, Meeting, joined
from netware.relations.carrying import check_flow


@dataclass(frozen=True)
class Realization(AbstractGraphRelation):
    """Serves each client by one of the agents that realize an interface: the next that is alive.

    into_c = carries_p,   p the first living provider of c, counted from provider c mod P upwards
    and round again, P the providers at the start

    The interface is a promise: so many numbers in, so many out. Providers that keep it are
    interchangeable; when one dies its clients turn to the next in the same step. A client without
    a living provider keeps what it had: of two realizations that write the same column, the later
    one in the scenario prevails where it has an agent alive, so reserves stand first.

    Args:
        between: Population of providers and population of clients.
        topology: Which agents may serve which.
        inputs: Numbers that a provider takes, by the interface. [1]
        outputs: Numbers that a provider answers, by the interface. [1]
        carries: Column of the provider that its clients get.
        into: Column of each client that takes it.

    Reads: the column that it carries.
    Writes: edges; `into`.

    Source: Wang and Fan (2023), doi:10.20944/preprints202311.0250.v1, section 2.3 (realization).
    Departs from it: nothing.
    """

    between: tuple[PopulationName, PopulationName]
    topology: Annotated[AbstractTopology, Member("topologies")]
    inputs: Count
    outputs: Count
    carries: Column = "output"
    into: Column = "input"

    flow_phase: ClassVar[Flow] = "think"
    meeting: ClassVar[Meeting] = "fill"

    def connect(self, world: Surroundings, name: str) -> Edges:
        """Makes the graph of who may serve; refuses providers that break the promise."""
        providers, clients = (world.populations[end] for end in self.between)
        model = providers.wrapped()
        kept, promised = (model.input_size(), model.output_size()), (self.inputs, self.outputs)
        if kept != promised:
            raise ShapeError(
                f"relations.{name}",
                found=f"agents of '{providers.name}' that take {kept[0]} numbers and answer "
                f"{kept[1]}",
                expected=f"the interface: {promised[0]} in, {promised[1]} out",
                fix=f"change populations.{providers.name}.model, or 'inputs' and 'outputs' here",
            )
        check_flow(name, self.carries, providers, self.into, clients)
        return joined(self.topology, self.between, world, name)

    def flow(self, edges: Edges, source: Population, target: Population) -> Population:
        """Returns the clients with what their providers of now put out."""
        client, provider = edges.target.long(), edges.source.long()
        begin = target.ids % source.initial_agents
        ahead = (provider - begin[client]) % source.agents
        nearest = torch.full((target.total,), source.agents, device=ahead.device)
        nearest = nearest.scatter_reduce(0, client, ahead, "amin")
        serving = (begin + nearest) % source.agents + target.replica * source.agents
        given = source[self.carries].index_select(0, serving)
        if self.into in target.state:
            served = (nearest < source.agents).view(-1, *[1] * (given.dim() - 1))
            given = torch.where(served, given, target[self.into])
        return target.with_state({self.into: given})
