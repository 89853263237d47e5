"""The contract of a relation: who is joined, and what flows along the edges."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal

import torch
from torch import Tensor

from netware.draws import Draws
from netware.errors import ScenarioError, ShapeError
from netware.population import Population
from netware.relations.edges import Edges
from netware.relations.topology import MOST_LINKS, AbstractTopology, Ends
from netware.space import Space


Flow = Literal["generate", "transmit", "think"]
Combine = Literal["mean", "sum"]


@dataclass(frozen=True)
class Setting:
    """What a relation sees when it makes edges.

    Args:
        name: Key of the relation in the scenario.
        populations: All populations by name.
        space: Where positions are, or None.
        draws: The source of chance.
        step: The step at which edges are made.
    """

    name: str
    populations: Mapping[str, Population]
    space: Space | None
    draws: Draws
    step: int = 0


class AbstractRelation(ABC):
    """A type of edges between agents, with meaning at run time.

    A relation is a frozen dataclass whose fields are its YAML parameters. It makes edges from
    agents of one population (the sources) to agents of one population (the targets), once or at
    every step, and may let something flow along them in one phase of the step.
    """

    dynamic: ClassVar[bool] = False
    """Whether `connect` is asked again in the `link` phase of every step."""

    @abstractmethod
    def ends(self) -> tuple[str, str]:
        """Names the source population and the target population."""

    @abstractmethod
    def connect(self, setting: Setting) -> Edges:
        """Makes the edges of all replicas; no edge joins two replicas."""

    def expected_edges(self, sources: int, targets: int, space: Space | None) -> float:
        """Returns about how many edges `connect` will make in one replica, for the estimate."""
        return 0.0

    def flows(self) -> Flow | None:
        """Returns the phase in which something flows, or None for edges that only rules read.

        `generate` writes weights, `transmit` carries last step's output, `think` carries this
        step's output and so puts the source's forward pass before the target's.
        """
        return None

    def flow(self, edges: Edges, source: Population, target: Population) -> Population:
        """Returns the target population after what flows has arrived."""
        return target


def joined(topology: AbstractTopology, between: tuple[str, str], setting: Setting) -> Edges:
    """Makes the edges of all replicas: each replica's own graph, at an offset."""
    source, target = (setting.populations[name] for name in between)
    position = source.per_replica(source["position"]) if "position" in source.state else None
    each = [
        topology.links(
            Ends(
                name=setting.name,
                sources=source.agents,
                targets=target.agents,
                same=between[0] == between[1],
                draws=Draws(setting.draws.keys[replica : replica + 1]),
                position=None if position is None else position[replica],
                space=setting.space,
            )
        )
        for replica in range(source.replicas)
    ]
    if (many := sum(len(links.source) for links in each)) > MOST_LINKS:
        raise ScenarioError(
            f"relations.{setting.name}",
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


def beside(parts: list[Tensor], agents: int) -> Tensor:
    """Returns the agents of all replicas on one axis, from those of each; empties the list."""
    if len(parts) == 1:
        return parts.pop()
    all_of_them = torch.cat([part + replica * agents for replica, part in enumerate(parts)])
    parts.clear()
    return all_of_them


def arrived(
    edges: Edges, sent: Tensor, into: str, combine: Combine, target: Population
) -> Population:
    """Returns the targets with the mean or sum of what their sources sent in column `into`."""
    return target.with_state({into: edges.mean(sent) if combine == "mean" else edges.total(sent)})


def check_flow(
    name: str, carries: str, source: Population, into: str, target: Population, times: int = 1
) -> None:
    """Refuses to carry a column that is not there, or that does not fit where it goes.

    What arrives is `times` as wide as what one source sends. The columns that a step makes,
    `input` and `output`, have the sizes of the models.
    """
    sent, taken = shape_of(source, carries), shape_of(target, into)
    if sent is None:
        raise ScenarioError(
            f"relations.{name}.carries",
            found=f"'{carries}', which {source.name} has not",
            expected=f"one of {', '.join(sorted({*source.state, 'output'}))}",
            fix=f"write 'state: {{{carries}: uniform}}' under populations.{source.name}",
        )
    arriving = sent if times == 1 else (times * prod(sent),)
    if taken is not None and arriving != taken:
        each = f"{times} sources x {prod(sent)} = {arriving}" if times > 1 else f"{arriving}"
        raise ShapeError(
            f"relations.{name}",
            found=f"{source.name}.{carries} brings {each}, {target.name}.{into} takes {taken}",
            expected="as much for each agent as it takes",
            fix=f"make {source.name}.{carries} and {target.name}.{into} fit each other",
        )


def shape_of(population: Population, column: str) -> tuple[int, ...] | None:
    """Returns the shape of one agent's part of a column, or None if there will be none."""
    if column in population.state:
        return tuple(population.state[column].shape[1:])
    if population.model is None:
        return None
    sizes = {"input": population.model.input_size(), "output": population.model.output_size()}
    return (sizes[column],) if column in sizes else None
