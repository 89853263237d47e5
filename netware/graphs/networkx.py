"""The one door of NetworkX: its graphs in, typed graphs out."""

from collections.abc import Mapping

import networkx
import numpy as np
import torch

from netware.edges import Edges
from netware.graphs.topology import Links


TypedGraph = networkx.MultiDiGraph


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
