"""The contract of a relation: who is joined, and what flows along the edges."""

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import ClassVar, Literal

import torch
from torch import Tensor

from netware.draws import Draws
from netware.edges import Edges
from netware.errors import ScenarioError
from netware.graphs.topology import MOST_LINKS, AbstractTopology, Ends
from netware.needs.base import Surroundings
from netware.population import Population
from netware.space.box import Space


Flow = Literal["link", "generate", "transmit", "think"]
Meeting = Literal["add", "fill", "alone"]


class AbstractRelation(ABC):
    """A type of edges between agents, with meaning at run time.

    A relation is a frozen dataclass whose fields are its YAML parameters. It makes edges from
    agents of one population (the sources) to agents of one population (the targets), once or at
    every step, and may let something flow along them in one phase of the step. An edge a -> b lets
    b hear a.
    """

    between: tuple[str, str]
    """The source population and the target population."""
    dynamic: ClassVar[bool] = False
    """Whether `connect` is asked again in the `link` phase of every step."""
    meeting: ClassVar[Meeting] = "alone"
    """What happens where several relations write one column of the same agents in a step: they
    `add` up; each replaces what it has something for and leaves the rest (`fill`), in the order of
    the scenario; or only one may (`alone`). Relations of two kinds never write one column."""
    offset: int | None = None
    """First of the numbers of a column that it fills, if it fills only some of them."""

    def with_columns(self, world: Surroundings, name: str) -> Population:
        """Returns the targets with the columns of state that the relation keeps, made once."""
        return world.populations[self.between[1]]

    @abstractmethod
    def connect(self, world: Surroundings, name: str) -> Edges:
        """Makes the edges of all replicas; no edge joins two replicas."""

    def edges(self, world: Surroundings, name: str) -> Edges:
        """Makes the edges of all replicas, with the names of their ends."""
        return replace(self.connect(world, name), between=self.between)

    def tolerates_deaths(self) -> bool:
        """Tells whether it still works when edges go with agents that die."""
        return True

    def expected_edges(self, sources: int, targets: int, space: Space | None) -> float | None:
        """Returns about how many edges `connect` will make in one replica, for the estimate.

        None where that is unknown, which is not 0.
        """
        return None

    @property
    def flow_phase(self) -> Flow | None:
        """Returns the phase in which something flows, or None for edges that only rules read.

        `link` carries who lives and who dies, `generate` writes weights, `transmit` carries last
        step's output, `think` carries this step's output and so puts the source's forward pass
        before the target's.
        """
        return None

    def flow(self, edges: Edges, source: Population, target: Population) -> Population:
        """Returns the target population after what flows has arrived."""
        return target


class AbstractGraphRelation(AbstractRelation):
    """A relation over a graph between two populations, or of one with itself.

    Without a topology each target has one source, and the targets are shared out in equal blocks.
    """

    topology: AbstractTopology | None

    def expected_edges(self, sources: int, targets: int, space: Space | None) -> float | None:
        """Returns about how many links the topology makes, or one for each target."""
        if self.topology is None:
            return float(targets)
        return self.topology.expected(sources, targets, self.between[0] == self.between[1], space)


def joined(
    topology: AbstractTopology, between: tuple[str, str], world: Surroundings, name: str
) -> Edges:
    """Makes the edges of all replicas: each replica's own graph, at an offset."""
    source, target = (world.populations[end] for end in between)
    position = None
    if "position" in source.state:
        position = source.per_replica(source["position"])[:, : source.initial_agents]
    each = [
        topology.links(
            Ends(
                name=name,
                sources=source.initial_agents,
                targets=target.initial_agents,
                same=between[0] == between[1],
                draws=Draws(world.draws.keys[replica : replica + 1]),
                position=None if position is None else position[replica],
                space=world.space,
                source_names=source.who,
                target_names=target.who,
            )
        )
        for replica in range(source.replicas)
    ]
    if (many := sum(len(links.source) for links in each)) > MOST_LINKS:
        raise ScenarioError(
            f"relations.{name}",
            found=f"{many} edges in {source.replicas} replicas",
            expected=f"at most {MOST_LINKS} in all replicas together",
            fix="take fewer replicas, or a sparser topology",
            code="S-GRAPH",
        )
    sources, targets = [links.source for links in each], [links.target for links in each]
    weights = [links.weight for links in each if links.weight is not None]
    del each
    return Edges.from_pairs(
        beside(sources, source.agents),
        beside(targets, target.agents),
        source.total,
        target.total,
        torch.cat(weights) if weights else None,
    )


def shared_out(few: Population, many: Population, reverse: bool = False) -> Edges:
    """Joins each of `many` agents to one of `few`, in equal blocks: from the few to the many.

    With `reverse` the edges lead from the many to the few.
    """
    one = many.ids * few.initial_agents // many.initial_agents + many.replica * few.agents
    each = torch.arange(many.total, device=many.device)
    there = many.ids < many.initial_agents
    one, each = one[there], each[there]
    if reverse:
        return Edges.from_pairs(each, one, many.total, few.total)
    return Edges.from_pairs(one, each, few.total, many.total)


def one_for_each(
    topology: AbstractTopology | None,
    between: tuple[str, str],
    world: Surroundings,
    name: str,
    one: str,
    each: str,
) -> Edges:
    """Gives every target exactly one source, in equal blocks or as a topology says."""
    few, many = (world.populations[end] for end in between)
    if topology is None:
        return shared_out(few, many)
    edges = joined(topology, between, world, name)
    fewest, most = (int(some) for some in edges.in_degree[many.ids < many.initial_agents].aminmax())
    if (fewest, most) != (1, 1):
        raise ScenarioError(
            f"relations.{name}.topology",
            found=f"{fewest} to {most} {one}s for a {each}",
            expected=f"exactly one {one} for each {each}",
            fix="leave 'topology' out, or write 'topology: {type: one_to_one}'",
            code="S-GRAPH",
        )
    return edges


def beside(parts: list[Tensor], agents: int) -> Tensor:
    """Returns the agents of all replicas on one axis, from those of each; empties the list."""
    if len(parts) == 1:
        return parts.pop()
    all_of_them = torch.cat([part + replica * agents for replica, part in enumerate(parts)])
    parts.clear()
    return all_of_them
