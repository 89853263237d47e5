"""File: a graph from a file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import torch
from pydantic import Field

from netware.errors import ScenarioError
from netware.files.origin import Origin
from netware.graphs.arcs import Choice, Lines, arcs_of
from netware.graphs.formats.edge_list import ListOptions
from netware.graphs.names import Mention, Names, settled
from netware.graphs.parallel import Combine
from netware.graphs.topology import AbstractTopology, Ends, Links
from netware.parameters import FilePath
from netware.space.box import Space


Value = str | int | float | bool
Format = Literal["auto", "list", "matrix", "adjacency_list"]
Separator = Literal["comma", "semicolon", "tab", "blank", "bar"]


@dataclass(frozen=True)
class File(AbstractTopology):
    """Takes the graph from a file, the same for every replica.

    An edge a -> b lets b hear a. Lists of edges (`.csv`, `.tsv`, `.txt`, `.edgelist`, KONECT, SNAP)
    have two ends a line, with names of columns or without, and perhaps a weight. A matrix (a table,
    `.npy`, `.npz`, `.mtx`) has a row for each source and a column for each target, 0 for no edge.
    GraphML, GEXF, GML, Pajek (`.net`), node-link `.json` and `.adjlist` are read by their rules.
    Between two populations, first ends are sources and second ends targets.

    A node is an agent by its number, or by its name: see `names` of a population. An agent that no
    edge names has no links. An edge that stands in the file twice and has no weight counts once.

    Args:
        path: The file, from the folder of the scenario.
        lines: Direction of the edges where the file does not say it: `undirected` links (which is
            taken if this is left out), or `directed` from the first end to the second; `reversed`
            turns every directed edge round, for files whose first end hears the second.
        source: Column of the first end in a list, by name or by number from 1.
        target: Column of the second end, likewise.
        weight: What is the weight of an edge, by name (or the column's number), or `none`; left
            out, `weight`, or the third column of a list without names of columns.
        where: Columns of edges and the value, or list of values, that they must have.
        combine: What becomes of several edges between the same ends: `sum`, `mean`, `max`, `min`,
            `first` or `last` of their weights, or their `count`; an error if left out.
        header: Whether the first line of a list has the names of its columns; seen from the file if
            left out.
        separator: What stands between the fields of a list; seen from the file if left out.
        format: What a table holds: a `list` of edges, a `matrix`, an `adjacency_list`; `auto` goes
            by the ending and by what the file holds.

    Source: Hagberg, Schult and Swart (2008), Proc. SciPy 2008, 11 (NetworkX, whose reading the
    tests compare with).
    Departs from it: directions of single edges, weights that a format leaves out, and repeated
    edges are read as each format defines them, or refused.
    """

    path: FilePath
    lines: Lines | None = None
    source: str | int | None = None
    target: str | int | None = None
    weight: str | int | None = None
    where: Annotated[Mapping[str, Value | tuple[Value, ...]], Field(max_length=64)] = field(
        default_factory=dict
    )
    combine: Combine | None = None
    header: bool | None = None
    separator: Separator | None = None
    format: Format = "auto"

    def links(self, ends: Ends) -> Links:
        """Reads the file, once for all replicas, and finds each node's agent."""
        origin = self.origin(ends.name)
        one, other = ends.source_names, ends.target_names
        if one is None or other is None:
            sources, targets = self.mentions(ends.name, ends.same)
            one = settled("these", ends.sources, [sources])
            other = one if ends.same else settled("those", ends.targets, [targets])
        return linked(origin, origin.version(), self.choice(ends.same), one, other, ends.device)

    def mentions(self, relation: str, same: bool) -> tuple[Mention, Mention]:
        """Returns the nodes at the source and at the target end, which are agents."""
        origin = self.origin(relation)
        return mentioned(origin, origin.version(), self.choice(same))

    def notes(self, relation: str, same: bool) -> tuple[str, ...]:
        """Says how the file is read."""
        origin = self.origin(relation)
        return arcs_of(origin, origin.version(), self.choice(same)).notes

    def expected(self, sources: int, targets: int, same: bool, space: Space | None) -> float | None:
        """Returns how many directed links the file holds; None if it is refused when built."""
        origin = self.origin("file")
        try:
            return float(len(arcs_of(origin, origin.version(), self.choice(same)).source))
        except ScenarioError:
            return None

    def origin(self, relation: str) -> Origin:
        """Returns the file, as what a relation asks for."""
        return Origin(Path(self.path), f"relations.{relation}.topology.path")

    def choice(self, same: bool) -> Choice:
        """Returns what is taken of the file."""
        options = ListOptions(self.source, self.target, self.header, self.separator, self.format)
        where = json.dumps(dict(self.where), sort_keys=True)
        return Choice(self.lines, self.weight, where, self.combine, same, options)


@lru_cache(maxsize=8)
def mentioned(origin: Origin, version: tuple[int, int], choice: Choice) -> tuple[Mention, Mention]:
    """Returns the nodes of a file at the source and at the target end.

    Where both are of one population, these are all nodes of the file, taken by an edge or not.
    """
    arcs = arcs_of(origin, version, choice)
    graph = arcs.graph
    if choice.same:
        mention = Mention(origin, graph.ids, graph.labels, graph.first, graph.whole)
        return mention, mention
    parts = tuple(
        Mention(
            origin,
            picked(graph.ids, codes),
            None if graph.labels is None else picked(graph.labels, codes),
            graph.first,
            graph.whole,
        )
        for codes in arcs.ends
    )
    return parts[0], parts[1]


def picked(texts: Sequence[str], codes: np.ndarray) -> list[str]:
    """Returns the texts of some nodes."""
    return [texts[int(code)] for code in codes]


@lru_cache(maxsize=8)
def linked(
    origin: Origin,
    version: tuple[int, int],
    choice: Choice,
    one: Names,
    other: Names,
    device: torch.device,
) -> Links:
    """Returns the links of a file between agents."""
    arcs = arcs_of(origin, version, choice)
    ends = []
    for names, mention, codes, nodes in zip(
        (one, other),
        mentioned(origin, version, choice),
        (arcs.source, arcs.target),
        arcs.ends,
        strict=True,
    ):
        agents = names.of(mention)
        agent_of = np.full(len(arcs.graph.ids), -1, dtype=np.int32)
        agent_of[nodes] = agents
        ends.append(torch.from_numpy(agent_of[codes]).to(device))
    weight = None if arcs.weight is None else torch.from_numpy(arcs.weight).to(device)
    return Links(ends[0], ends[1], weight)
