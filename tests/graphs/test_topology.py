import os

import networkx
import numpy as np
import pytest
import torch

from netware.draws import Draws
from netware.edges import Edges
from netware.errors import ScenarioError
from netware.graphs.networkx import from_networkx, read_graph, safe, typed_graph
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


@pytest.mark.parametrize("ending", ["graphml", "gml", "gexf", "edgelist", "txt", "csv"])
def test_graph_files_come_back_as_they_were(tmp_path, ending):
    graph = networkx.Graph()
    graph.add_edge("0", "1", weight=0.5)
    graph.add_edge("1", "2", weight=2.0)
    path = tmp_path / f"net.{ending}"
    if ending in ("graphml", "gml", "gexf"):
        getattr(networkx, f"write_{ending}")(graph, path)
    else:
        between = "," if ending == "csv" else " "
        path.write_text(
            "".join(f"{a}{between}{b}{between}{w}\n" for a, b, w in graph.edges.data("weight"))
        )
    found = read_graph(path, "here")
    assert {frozenset(map(str, e)) for e in found.edges} == {frozenset("01"), frozenset("12")}
    assert sorted(w for _, _, w in found.edges(data="weight")) == [0.5, 2.0]


def test_lines_without_weights_and_directed_lines(tmp_path):
    path = tmp_path / "net.edgelist"
    path.write_text("# a comment\n0 1\n1 0\n1 2\n")
    assert read_graph(path, "here").number_of_edges() == 2
    assert read_graph(path, "here", directed=True).number_of_edges() == 3


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("broken.graphml", "<graphml><graph>"),
        ("broken.gml", "graph ["),
        ("broken.gexf", "nothing"),
        ("broken.csv", "0,1,heavy\n"),
        ("nan.csv", "0,1,nan\n"),
        ("latin.edgelist", b"\xff\xfe 0 1\n"),
    ],
)
def test_a_broken_file_is_an_error_of_the_scenario(tmp_path, name, text):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ScenarioError) as caught:
        read_graph(path, "relations.net.topology.path")
    message = str(caught.value)
    assert message.startswith("relations.net.topology.path: P-FILE")
    assert "cannot be read as ." in message and message.count("\n") == 2


def test_a_wrong_ending_is_refused(tmp_path):
    path = tmp_path / "net.pickle"
    path.write_text("")
    with pytest.raises(ScenarioError, match=r"expected: a file ending in \.graphml, \.gml, \.gexf"):
        read_graph(path, "here")


def test_only_regular_files_are_opened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError, match=r"'none\.csv' is not there"):
        safe(tmp_path.joinpath("none.csv").relative_to(tmp_path), "here")
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("folder.csv", "pipe.csv"):
        with pytest.raises(ScenarioError, match="is no regular file"):
            safe(tmp_path / name, "here")
    for name in ("a\0b.csv", "x" * 5000 + ".csv"):
        with pytest.raises(ScenarioError, match="P-FILE"):
            safe(tmp_path / name, "here")


def test_a_relative_path_stays_in_the_folder(tmp_path, monkeypatch):
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "net.csv").write_text("0,1\n")
    (inside / "link.csv").symlink_to(tmp_path / "net.csv")
    monkeypatch.chdir(inside)
    for name in ("../net.csv", "./../net.csv", "x/../../net.csv", "link.csv"):
        with pytest.raises(ScenarioError, match="P-OUTSIDE"):
            safe(type(tmp_path)(name), "here")
    safe(tmp_path / "net.csv", "here")


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
