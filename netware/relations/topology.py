"""The contract of a topology, and the door to NetworkX graphs and graph files."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import networkx
import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from netware.draws import Draws, Purpose, Stream
from netware.errors import ScenarioError
from netware.relations.edges import Edges
from netware.space import Space


MOST_LINKS = 2**31 - 1


@dataclass(frozen=True)
class Ends:
    """Whom a topology joins, in one replica.

    Args:
        name: Key of the relation in the scenario.
        sources: Agents at the source end. [1]
        targets: Agents at the target end. [1]
        same: Whether both ends are one population.
        draws: The source of chance, of this replica alone.
        position: Positions of the agents, where they have any.
        space: Where positions are, or None.
    """

    name: str
    sources: int
    targets: int
    same: bool
    draws: Draws
    position: Float[Tensor, "sources space"] | None = None
    space: Space | None = None

    @property
    def device(self) -> torch.device:
        """Returns where the pairs shall be."""
        return self.draws.keys.device

    def stream(self, part: str, many: int) -> Stream:
        """Opens `many` random numbers for one part of the making of the graph."""
        return self.draws.stream(Purpose.TOPOLOGY, f"{self.name}/{part}", many)


@dataclass(frozen=True)
class Links:
    """Directed pairs of agents of one replica; an undirected link is listed both ways.

    Args:
        source: Id of each source, int64 or int32.
        target: Id of each target, likewise.
        weight: Weight of each link, or None where all are 1.
    """

    source: Int[Tensor, " edges"]
    target: Int[Tensor, " edges"]
    weight: Float[Tensor, " edges"] | None = None

    @classmethod
    def both_ways(cls, one: Int[Tensor, " links"], other: Int[Tensor, " links"]) -> "Links":
        """Lists every undirected link in both directions."""
        one, other = one.int(), other.int()
        return cls(torch.cat([one, other]), torch.cat([other, one]))


class AbstractTopology(ABC):
    """The shape of a graph: a frozen dataclass whose fields are its YAML parameters."""

    @abstractmethod
    def links(self, ends: Ends) -> Links:
        """Makes the links of one replica, with tensors and no loop over agents or edges."""

    def expected(self, sources: int, targets: int, same: bool, space: Space | None) -> float:
        """Returns about how many directed links there will be, for the estimate; 0 if unknown."""
        return 0.0


def within_one(ends: Ends, topology: str) -> int:
    """Returns the number of agents, for topologies that join a population with itself."""
    if not ends.same:
        raise ScenarioError(
            f"relations.{ends.name}.topology",
            found=f"'{topology}' between two populations",
            expected="complete, one_to_one or erdos_renyi between two populations",
            fix="write 'topology: {type: complete}', or join a population with itself",
        )
    return ends.sources


def impossible(ends: Ends, key: str, found: str, expected: str) -> ScenarioError:
    """Returns the error for a graph that cannot be made."""
    return ScenarioError(
        f"relations.{ends.name}.topology.{key}",
        found=found,
        expected=expected,
        fix=f"change '{key}' or the number of agents",
        code="S-GRAPH",
    )


EDGE_LISTS = {".edgelist": None, ".txt": None, ".csv": ","}
READERS = {
    ".graphml": networkx.read_graphml,
    ".gml": networkx.read_gml,
    ".gexf": networkx.read_gexf,
}


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


TypedGraph = networkx.MultiDiGraph


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
