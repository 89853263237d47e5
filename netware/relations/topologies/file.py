"""File: a graph from a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from netware.errors import ScenarioError
from netware.relations.topology import (
    AbstractTopology,
    Ends,
    Links,
    from_networkx,
    impossible,
    read_graph,
    within_one,
)


@dataclass(frozen=True)
class File(AbstractTopology):
    """Takes the graph from a file that NetworkX can read, the same for every replica.

    Nodes named 0, 1, ..., agents - 1 are the agents of these ids, and those that no line names
    have no links. With other names, nodes are agents in the order of the file, one for each.
    Weights are taken where every link has one.

    Args:
        path: The file, from the folder that netware runs in: GraphML, GML, GEXF, or an edge list
            `a b [weight]`, with commas in a `.csv`.
        lines: Whether each line of an edge list is an `undirected` link, or goes from the first
            to the second (`directed`); other formats say so themselves.

    Source: Hagberg, Schult and Swart (2008), Proc. SciPy 2008, 11 (NetworkX, which reads it).
    Departs from it: nothing.
    """

    path: Annotated[str, Field(min_length=1, max_length=4096)]
    lines: Literal["undirected", "directed"] = "undirected"

    def links(self, ends: Ends) -> Links:
        """Reads the file and finds each node's agent."""
        agents, where = within_one(ends, "file"), f"relations.{ends.name}.topology.path"
        graph = read_graph(Path(self.path), where, self.lines == "directed")
        number = numbered([str(node) for node in graph.nodes], agents)
        if number is None:
            found = f"{len(graph)} nodes in '{self.path}'"
            raise impossible(ends, "path", found, f"{agents} nodes, one for each agent")
