import networkx
import numpy as np
import pytest
import torch

from netware.draws import Draws
from netware.edges import Edges
from netware.errors import ScenarioError
from netware.graphs.networkx import from_networkx, typed_graph
from netware.graphs.topology import Ends, Links, impossible, within_one


CPU = torch.device("cpu")


def pairs(links: Links) -> set[tuple[int, int]]:
    return set(zip(links.source.tolist(), links.target.tolist(), strict=True))


def test_an_undirected_link_is_listed_both_ways():
    links = Links.both_ways(torch.tensor([0, 1]), torch.tensor([1, 2]))
    assert pairs(links) == {(0, 1), (1, 0), (1, 2), (2, 1)}


def test_the_adjacency_of_any_networkx_graph_is_kept():
    for graph in (
        networkx.karate_club_graph(),
        networkx.gnp_random_graph(12, 0.3, seed=1, directed=True),
        networkx.grid_2d_graph(3, 4),
    ):
        weighted = networkx.get_edge_attributes(graph, "weight")
        links = from_networkx(graph, CPU)
        many = len(graph)
        edges = Edges.from_pairs(links.source, links.target, many, many, links.weight)
        expected = networkx.to_numpy_array(graph, weight="weight" if weighted else "none").T
        assert np.abs(edges.adjacency64.to_dense().numpy() - expected).max() < 1e-12


def test_a_loop_is_listed_once_and_weights_are_all_or_none():
    graph = networkx.Graph([(0, 0), (0, 1)])
    assert sorted(pairs(from_networkx(graph, CPU))) == [(0, 1), (1, 0)]
    directed = networkx.DiGraph([(0, 0), (0, 1)])
    assert sorted(pairs(from_networkx(directed, CPU))) == [(0, 0), (0, 1)]
    directed.edges[0, 1]["weight"] = 3
    assert from_networkx(directed, CPU).weight is None


def test_errors_say_which_relation_fails():
    ends = Ends("net", 3, 4, False, Draws.of(1))
    with pytest.raises(ScenarioError) as caught:
        within_one(ends, "ring")
    assert "relations.net.topology: 'ring' between two populations" in str(caught.value)
    error = impossible(ends, "k", "k = 9", "below 3")
    assert str(error).startswith("relations.net.topology.k: S-GRAPH k = 9")


def test_a_typed_graph_has_relations_as_keys():
    edges = Edges.from_pairs(
        torch.tensor([0, 2, 3]), torch.tensor([1, 2, 1]), 4, 4, torch.tensor([0.5, 1.0, 2.0])
    )
    graph = typed_graph({"a": 2}, {"knows": ("a", "a")}, {"knows": edges}, 0)
    assert sorted(graph.nodes) == [("a", 0), ("a", 1)]
    assert graph.edges[("a", 0), ("a", 1), "knows"]["weight"] == 0.5
    other = typed_graph({"a": 2}, {"knows": ("a", "a")}, {"knows": edges}, 1)
    assert list(other.edges) == [(("a", 0), ("a", 0), "knows")]
