from typing import Literal

import networkx
import pytest

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.graphs.topologies.file import File
from netware.graphs.topology import Ends


def made(
    path, agents: int, lines: Literal["undirected", "directed", "reversed"] | None = None
) -> list[tuple[int, int]]:
    links = File(str(path), lines).links(Ends("net", agents, agents, True, Draws.of(1)))
    return sorted(zip(links.source.tolist(), links.target.tolist(), strict=True))


def test_numbers_are_the_ids_of_agents_and_some_may_have_no_links(tmp_path):
    path = tmp_path / "net.edgelist"
    path.write_text("3 1\n1 0\n")
    assert made(path, 5) == [(0, 1), (1, 0), (1, 3), (3, 1)]
    assert made(path, 5, "directed") == [(1, 0), (3, 1)]


def test_names_are_agents_in_the_order_of_the_file(tmp_path):
    path = tmp_path / "net.csv"
    path.write_text("ann,bob,0.5\nbob,eve,2\n")
    assert made(path, 3) == [(0, 1), (1, 0), (1, 2), (2, 1)]


def test_weights_come_along(tmp_path):
    path = tmp_path / "net.csv"
    path.write_text("0,1,0.5\n1,2,2\n")
    links = File(str(path)).links(Ends("net", 3, 3, True, Draws.of(1)))
    assert links.weight is not None and links.weight.tolist() == [0.5, 2.0, 0.5, 2.0]


def test_a_graphml_file_is_read_and_says_itself_whether_it_is_directed(tmp_path):
    path = tmp_path / "net.graphml"
    networkx.write_graphml(networkx.DiGraph([("x", "y"), ("y", "z")]), path)
    assert made(path, 3) == [(0, 1), (1, 2)]


def test_a_file_that_changes_is_read_again(tmp_path):
    path = tmp_path / "net.edgelist"
    path.write_text("0 1\n")
    assert len(made(path, 3)) == 2
    path.write_text("0 1\n1 2\n")
    assert len(made(path, 3)) == 4


def test_a_wrong_number_of_nodes_is_refused(tmp_path):
    path = tmp_path / "net.csv"
    path.write_text("ann,bob\nbob,eve\n")
    with pytest.raises(ScenarioError) as caught:
        made(path, 4)
    message = str(caught.value)
    assert "relations.net.topology.path: S-GRAPH 3 nodes in" in message
    assert "expected: 4 nodes, one for each agent" in message
    path.write_text("0,9\n")
    with pytest.raises(ScenarioError, match="S-GRAPH 2 nodes in"):
        made(path, 4)


def test_numbers_from_1_are_agents_if_the_last_is_named(tmp_path):
    path = tmp_path / "net.txt"
    path.write_text("4 1\n1 2\n")
    assert made(path, 4, "directed") == [(0, 1), (3, 0)]


def test_what_the_file_says_of_directions_is_not_overruled(tmp_path):
    path = tmp_path / "net.graphml"
    networkx.write_graphml(networkx.DiGraph([("x", "y"), ("y", "z")]), path)
    with pytest.raises(ScenarioError) as caught:
        made(path, 3, "undirected")
    message = str(caught.value)
    assert "relations.net.topology.lines: P-FILE net.graphml:" in message
    assert "'lines: undirected', and the file says that edges are directed" in message
    assert made(path, 3, "reversed") == [(1, 0), (2, 1)]


def test_links_that_stand_there_twice_count_once_or_are_refused(tmp_path):
    path = tmp_path / "net.txt"
    path.write_text("0 1\n1 0\n1 2\n0 1\n")
    assert made(path, 3) == [(0, 1), (1, 0), (1, 2), (2, 1)]
    path.write_text("0 1 2\n1 0 2\n1 2 3\n")
    assert made(path, 3) == [(0, 1), (1, 0), (1, 2), (2, 1)], "said once from each end"
    path.write_text("0 1 2\n1 2 3\n1 0 4\n")
    with pytest.raises(ScenarioError, match=r"net\.txt:3: a second edge 1 - 0 \(first in line 1\)"):
        made(path, 3)
    path.write_text("0 1 2\n1 2 3\n0 1 2\n")
    with pytest.raises(ScenarioError, match=r"net\.txt:3: a second edge 0 - 1"):
        made(path, 3)


def test_an_edge_from_a_node_to_itself_is_kept_once(tmp_path):
    path = tmp_path / "net.txt"
    path.write_text("0 0\n0 1\n")
    assert made(path, 2) == [(0, 0), (0, 1), (1, 0)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("broken.graphml", "<graphml><graph>"),
        ("broken.gml", "graph ["),
        ("broken.gexf", "nothing"),
        ("broken.net", "1 2"),
        ("broken.json", "{"),
        ("broken.json", '{"nodes": [{"id": 0}], "links": [{"source": 0}]}'),
        ("broken.npy", "no array"),
        ("broken.npz", "no array"),
        ("broken.mtx", "no matrix"),
        ("broken.csv", "0,1,heavy\n"),
        ("nan.csv", "0,1,nan\n"),
        ("other.csv", "*Vertices 2\n*Arcs\n1 2\n"),
        ("other.txt", "<graphml/>"),
        ("binary.edgelist", b"\xff\xfe\x00\x01 0 1\n\x00\x00"),
        ("entity.graphml", '<!DOCTYPE g [<!ENTITY a "b">]><graphml><graph/></graphml>'),
        ("unknown.gml", "graph [ node [ id 0 ] edge [ source 0 target 1 ] ]"),
    ],
)
def test_a_broken_file_is_an_error_of_the_scenario(tmp_path, name, text):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ScenarioError) as caught:
        made(path, 2)
    message = str(caught.value)
    assert message.startswith("relations.net.topology.path: P-FILE") and path.name in message
    assert message.count("\n") == 2


def test_a_hashtag_is_a_name_and_not_a_comment(tmp_path):
    path = tmp_path / "net.csv"
    path.write_text("ann,bob\n#art,bob\n")
    with pytest.raises(ScenarioError, match=r"net\.csv:2: '#art,bob' begins like a comment"):
        made(path, 3)
    path.write_text('ann,bob\n"#art",bob\n')
    assert len(made(path, 3)) == 4


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match=r"relations\.net\.topology\.path: P-FILE .* not there"):
        made(tmp_path / "none.csv", 3)


def test_a_wrong_ending_is_refused(tmp_path):
    path = tmp_path / "net.doc"
    path.write_text("0 1\n")
    with pytest.raises(ScenarioError, match="expected: a file ending in"):
        made(path, 2)
