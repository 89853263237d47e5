from pathlib import Path

import pytest

from netware.errors import ScenarioError
from netware.files.origin import Origin
from netware.graphs.formats.pajek import pajek


def read(folder: Path, text: str):
    path = folder / "graph.net"
    path.write_text(text)
    return pajek(Origin(path, "here"))


def test_lists_kinds_and_a_partition_behind(tmp_path):
    text = """*Vertices 3
1 "a b"
*Arcslist
1 2 3
*Edges :2 "hates"
2 3 -1
*Partition x
1
"""
    found = read(tmp_path, text)
    assert found.source.tolist() == [0, 0, 1] and found.target.tolist() == [1, 2, 2]
    assert found.directed is not None and found.directed.tolist() == [True, True, False]
    assert found.columns["kind"].texts() == ["", "", "hates"] and found.labels is None
    assert (found.weight, found.left_out) == ("weight", 1.0)


def test_two_kinds_of_vertices_and_a_matrix_between_them(tmp_path):
    found = read(tmp_path, "*Vertices 5 3\n*Matrix\n1 0\n0 2\n0 0\n")
    assert found.source.tolist() == [0, 1] and found.target.tolist() == [3, 4]
    assert found.modes is not None and [len(mode) for mode in found.modes] == [3, 2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 2\n", r"graph\.net:1: '1 2'"),
        ("*Vertices\n", "without their number"),
        ("*Vertices 99999999999\n", "99999999999 vertices"),
        ("*Vertices 2\n*Vertices 2\n", "a second network"),
        ("*Vertices 2\n*Arcs\n1 3\n", r"graph\.net:3: an edge of '3', which is no node"),
        ("*Vertices 2\n*Arcs\n1\n", r"graph\.net:3: one end"),
        ("*Vertices 2\n*Matrix\n1 0 0\n", r"graph\.net:3: a row of 3"),
        ("*Vertices 2\n*Strange\n", r"'\*Strange'"),
        ("*Vertices 2\nx\n", "vertex 'x'"),
    ],
)
def test_what_is_no_pajek_is_refused_by_its_line(tmp_path, text, message):
    with pytest.raises(ScenarioError, match=message):
        read(tmp_path, text)
