from typing import Literal

import networkx
import pytest

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.graphs.topologies.file import File
from netware.graphs.topology import Ends


def made(
    path, agents: int, lines: Literal["undirected", "directed"] = "undirected"
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


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match=r"relations\.net\.topology\.path: P-FILE .* not there"):
        made(tmp_path / "none.csv", 3)


def test_a_wrong_ending_is_refused(tmp_path):
    path = tmp_path / "net.doc"
    path.write_text("0 1\n")
    with pytest.raises(ScenarioError, match="expected: a file ending in"):
        made(path, 2)
