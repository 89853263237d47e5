"""Every format is read as NetworkX reads what it has written, over graphs that are drawn."""

import json
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import networkx
import numpy as np
import pytest
import scipy.io
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from netware.files.origin import Origin
from netware.graphs.arcs import Arcs, Choice, arcs_of
from netware.graphs.formats.edge_list import ListOptions


NAMES = st.text(st.characters(codec="utf-8", categories=["Lu", "Ll"]), min_size=1, max_size=5).map(
    lambda name: f"n{name}"
)


@st.composite
def graphs(draw, directed: bool | None = None, weighted: bool | None = None) -> networkx.Graph:
    """Draws a simple graph with names, with or without directions and weights."""
    nodes = draw(st.lists(NAMES.map(normal), min_size=2, max_size=7, unique=True))
    directed = draw(st.booleans()) if directed is None else directed
    weighted = draw(st.booleans()) if weighted is None else weighted
    graph = networkx.DiGraph() if directed else networkx.Graph()
    graph.add_nodes_from(nodes)
    pair = st.tuples(st.sampled_from(nodes), st.sampled_from(nodes))
    for one, other in draw(st.lists(pair, min_size=1, max_size=12)):
        weight = {"weight": draw(st.integers(-40, 40)) / 8} if weighted else {}
        graph.add_edge(one, other, **weight)
    return graph


def normal(name: str) -> str:
    """Returns a name in the one way to write it."""

    return unicodedata.normalize("NFC", name).strip()


def matrix_of(arcs: Arcs, nodes: list[str], labels: bool = False) -> np.ndarray:
    """Returns A[source, target] in the order of some nodes."""
    names = arcs.graph.labels if labels else arcs.graph.ids
    assert names is not None
    place = [nodes.index(name) for name in names]
    matrix = np.zeros((len(nodes), len(nodes)))
    weight = np.ones(len(arcs.source)) if arcs.weight is None else arcs.weight
    for source, target, value in zip(arcs.source, arcs.target, weight, strict=True):
        matrix[place[source], place[target]] += value
    return matrix


def read(path: Path, choice: Choice | None = None) -> Arcs:
    origin = Origin(path, "relations.net.topology.path")
    return arcs_of(origin, origin.version(), choice or Choice())


def written(graph: networkx.Graph, ending: str, folder: str) -> Path:
    path = Path(folder) / f"graph.{ending}"
    if ending == "json":
        path.write_text(json.dumps(networkx.node_link_data(graph, edges="links")))
    elif ending == "gml":
        path.write_bytes("\n".join(networkx.generate_gml(graph)).encode())
    else:
        getattr(networkx, f"write_{ending}")(graph, path)
    return path


@settings(max_examples=60, deadline=None)
@given(graphs(), st.sampled_from(["graphml", "gexf", "gml", "json"]))
def test_a_graph_comes_back_as_networkx_has_written_it(graph, ending) -> None:
    nodes = list(graph)
    with TemporaryDirectory() as folder:
        arcs = read(written(graph, ending, folder))
    expected = networkx.to_numpy_array(graph, nodes, weight="weight")
    assert np.array_equal(matrix_of(arcs, nodes, labels=ending == "gml"), expected)
    assert set(arcs.graph.ids if ending != "gml" else arcs.graph.labels or ()) == set(nodes)


@settings(max_examples=60, deadline=None)
@given(graphs(), st.sampled_from([",", ";", "\t", " ", "|"]), st.sampled_from(["\n", "\r\n"]))
def test_a_list_comes_back_as_it_was_written(graph, separator, end) -> None:
    nodes = list(dict.fromkeys(node for edge in graph.edges for node in edge))
    weighted = any("weight" in data for *_, data in graph.edges(data=True))
    lines = ["source{0}target{0}weight" if weighted else "source{0}target"]
    for one, other, data in graph.edges(data=True):
        lines.append(f"{one}{{0}}{other}" + (f"{{0}}{data['weight']}" if weighted else ""))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        path.write_bytes(end.join(line.format(separator) for line in lines).encode())
        arcs = read(path, Choice("directed" if graph.is_directed() else None))
    expected = networkx.to_numpy_array(graph, nodes, weight="weight")
    assert np.array_equal(matrix_of(arcs, nodes), expected)


@settings(max_examples=40, deadline=None)
@given(graphs(directed=True, weighted=True), st.sampled_from(["npy", "npz", "mtx", "csv"]))
def test_a_matrix_comes_back_as_it_was_written(graph, ending) -> None:
    matrix = networkx.to_numpy_array(graph, weight="weight")
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"matrix.{ending}"
        if ending == "npy":
            np.save(path, matrix)
        elif ending == "npz":
            scipy.sparse.save_npz(path, scipy.sparse.csr_array(matrix))
        elif ending == "mtx":
            scipy.io.mmwrite(path, scipy.sparse.coo_array(matrix))
        else:
            np.savetxt(path, matrix, "%.17g", ",")
        if not matrix.any():
            return
        arcs = read(path, Choice(options=ListOptions(format="matrix")))
    nodes = [str(index) for index in range(len(matrix))]
    assert np.array_equal(matrix_of(arcs, nodes), matrix)


@settings(max_examples=40, deadline=None)
@given(graphs(weighted=True))
def test_pajek_comes_back_as_it_was_written(graph) -> None:
    nodes = list(graph)
    lines = [f"*Vertices {len(nodes)}", *(f'{i} "{name}"' for i, name in enumerate(nodes, 1))]
    lines.append("*Arcs" if graph.is_directed() else "*Edges")
    for one, other, weight in graph.edges(data="weight"):
        lines.append(f"{nodes.index(one) + 1} {nodes.index(other) + 1} {weight}")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "graph.net"
        path.write_text("\n".join(lines))
        arcs = read(path)
        found = networkx.parse_pajek("\n".join(lines))
    expected = networkx.to_numpy_array(found, nodes, weight="weight")
    assert np.array_equal(matrix_of(arcs, nodes, labels=True), expected)


@settings(max_examples=40, deadline=None)
@given(graphs(weighted=False))
def test_an_adjacency_list_comes_back_as_networkx_has_written_it(graph) -> None:
    with TemporaryDirectory() as folder:
        path = written(graph, "adjlist", folder)
        arcs = read(path, Choice("directed" if graph.is_directed() else "undirected"))
    nodes = list(graph)
    assert np.array_equal(matrix_of(arcs, nodes), networkx.to_numpy_array(graph, nodes))


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_a_list_with_data_comes_back_as_networkx_has_written_it(graph) -> None:
    nodes = list(dict.fromkeys(node for edge in graph.edges for node in edge))
    with TemporaryDirectory() as folder:
        path = written(graph, "edgelist", folder)
        arcs = read(path, Choice("directed" if graph.is_directed() else None))
    expected = networkx.to_numpy_array(graph, nodes, weight="weight")
    assert np.array_equal(matrix_of(arcs, nodes), expected)


def test_an_unknown_ending_is_refused(tmp_path) -> None:
    path = tmp_path / "net.pickle"
    path.write_text("")
    with pytest.raises(Exception, match=r"a file ending in \.graphml, \.gml, \.gexf"):
        read(path)
