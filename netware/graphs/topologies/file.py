"""File: a graph from a file."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import torch
from pydantic import Field

from netware.graphs.networkx import from_networkx, read_graph, safe
from netware.graphs.topology import AbstractTopology, Ends, Links, impossible, within_one


@dataclass(frozen=True)
class File(AbstractTopology):
    """Takes the graph from a file that NetworkX can read, the same for every replica.

    Nodes named 0, 1, ..., agents - 1 are the agents of these ids, and an agent that no line names
    has no links. With other names, nodes are agents in the order of the file, one for each.
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
        """Reads the file, once for all replicas, and finds each node's agent."""
        agents, where = within_one(ends, "file"), f"relations.{ends.name}.topology.path"
        path = Path(self.path)
        safe(path, where)
        now = path.stat()
        version = (now.st_mtime_ns, now.st_size)
        links, nodes = read(path, version, self.lines, where, agents, ends.device)
        if links is None:
            found = f"{nodes} nodes in '{self.path}'"
            raise impossible(ends, "path", found, f"{agents} nodes, one for each agent")
        return links


@lru_cache(maxsize=8)
def read(
    path: Path, version: tuple[int, int], lines: str, where: str, agents: int, device: torch.device
) -> tuple[Links | None, int]:
    """Returns the links of a file and its number of nodes; no links where these do not fit."""
    graph = read_graph(path, where, directed=lines == "directed")
    ids = {str(agent): agent for agent in range(agents)}
    if all(str(node) in ids for node in graph.nodes):
        number = {node: ids[str(node)] for node in graph.nodes}
    elif len(graph) == agents:
        number = {node: index for index, node in enumerate(graph.nodes)}
    else:
        return None, len(graph)
    return from_networkx(graph, device, number), len(graph)
