"""The one door of NetworkX: its graphs and graph files in, typed graphs out."""

from collections.abc import Mapping
from math import isfinite
from pathlib import Path

import networkx
import numpy as np
import torch

from netware.edges import Edges
from netware.errors import ScenarioError
from netware.graphs.topology import Links


EDGE_LISTS = {".edgelist": None, ".txt": None, ".csv": ","}
READERS = {
    ".graphml": networkx.read_graphml,
    ".gml": networkx.read_gml,
    ".gexf": networkx.read_gexf,
}
TypedGraph = networkx.MultiDiGraph


def read_graph(path: Path, where: str, directed: bool = False) -> networkx.Graph:
    """Reads a graph file whose ending says the format; an edge list is directed if asked for.

    `where` is what errors begin with. Whatever is wrong with the file is a `ScenarioError`.
    """
    endings = (*READERS, *EDGE_LISTS)
    if path.suffix.lower() not in endings:
        raise ScenarioError(
            where,
            found=f"'{path}'",
            expected=f"a file ending in {', '.join(endings)}",
            fix="rename the file, or write it with networkx.write_graphml",
            code="P-FILE",
        )
    safe(path, where)
    suffix = path.suffix.lower()
    try:
        return checked(parsed(path, suffix, directed))
    except Exception as error:  # any reader may fail in ways of its own on a broken file
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ScenarioError(
            where,
            found=f"'{path}' cannot be read as {suffix}: {reason}",
            expected=f"a graph in the format of its ending ({', '.join(endings)})",
            fix="mend the file, or write it with networkx.write_graphml",
            code="P-FILE",
        ) from None


def parsed(path: Path, suffix: str, directed: bool) -> networkx.Graph:
    """Returns what NetworkX finds in a file."""
    if suffix in READERS:
        return READERS[suffix](path)
    kind = networkx.DiGraph if directed else networkx.Graph
    return networkx.read_weighted_edgelist(path, delimiter=EDGE_LISTS[suffix], create_using=kind)


def checked(graph: networkx.Graph) -> networkx.Graph:
    """Returns a graph all of whose weights are finite numbers."""
    for one, other, weight in graph.edges(data="weight"):
        if weight is not None and not isfinite(float(weight)):
            raise ValueError(f"weight {weight} of the link {one} - {other}")
    return graph


def safe(path: Path, where: str) -> None:
    """Refuses what is no regular file, without opening it, and climbing out of the folder."""
    try:
        inside = path.is_absolute() or path.resolve().is_relative_to(Path.cwd().resolve())
        regular = path.is_file()
    except (OSError, ValueError, RuntimeError):
        inside, regular = True, False
    if not inside:
        raise ScenarioError(
            where,
            found=f"'{path}', which lies outside the folder that netware runs in",
            expected="a relative path inside that folder, or an absolute path",
            fix="copy the file to that folder",
            code="P-OUTSIDE",
        )
    if not regular:
        raise ScenarioError(
            where,
            found=f"'{path}' is not there" if not exists(path) else f"'{path}' is no regular file",
            expected="a graph file that can be read",
            fix="write the path of a file, from the folder that netware runs in",
            code="P-FILE",
        )


def exists(path: Path) -> bool:
    """Tells whether there is anything at a path; not for a path that cannot be."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def from_networkx(
    graph: networkx.Graph, device: torch.device, number: Mapping[object, int] | None = None
) -> Links:
    """Returns the links of any NetworkX graph.

    `number` says which agent each node is; without it, nodes in their own order are 0, 1, ...
    Weights are taken where every link has one.
    """
    number = {node: index for index, node in enumerate(graph.nodes)} if number is None else number
    ends = np.array([(number[a], number[b]) for a, b in graph.edges()], dtype=np.int64).reshape(
        -1, 2
    )
    weights = [value for _, _, value in graph.edges(data="weight")]
    pairs = torch.from_numpy(ends).to(device)
    weight = None
    if weights and None not in weights:
        numbers = [float(value) for value in weights]
        weight = torch.tensor(numbers, dtype=torch.float64, device=device)
    if graph.is_directed():
        return Links(pairs[:, 0], pairs[:, 1], weight)
    loops = pairs[:, 0] == pairs[:, 1]
    both = Links.both_ways(pairs[~loops, 0], pairs[~loops, 1])
    twice = None if weight is None else torch.cat([weight[~loops], weight[~loops]])
    return Links(both.source, both.target, twice)


def typed_graph(
    sizes: Mapping[str, int],
    ends: Mapping[str, tuple[str, str]],
    edges: Mapping[str, Edges],
    replica: int,
) -> TypedGraph:
    """Returns the relations of one replica as a NetworkX graph, with relations as edge keys."""
    graph = TypedGraph()
    graph.add_nodes_from((name, i) for name, agents in sizes.items() for i in range(agents))
    for relation, block in edges.items():
        first, second = ends[relation]
        own = torch.div(block.target, sizes[second], rounding_mode="floor") == replica
        source = (block.source[own] % sizes[first]).tolist()
        target = (block.target[own] % sizes[second]).tolist()
        weight = block.weights(torch.float64)[own].tolist()
        for s, t, w in zip(source, target, weight, strict=True):
            graph.add_edge((first, s), (second, t), key=relation, weight=w)
    return graph
