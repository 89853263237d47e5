"""Lists of KONECT and SNAP: comments, ids from 1 or from 0, and a direction if they say one."""

import pytest


CASE = "14-konect"
RIGHT = [0.8, 0.9, 1.8]


@pytest.mark.parametrize(
    "text",
    [
        "% asym posweighted\n% 3 3 3\n1 2 1\n2 3 2\n3 1 4\n",
        "% asym posweighted\n3 1 4\n2 3 2\n1 2 1\n",
        "% asym posweighted\n1 2 1 1254192988\n2 3 2 1254192989\n3 1 4 1254192990\n",
        "% asym weighted \n1\t2\t1\n2\t3\t2\n3\t1\t4\n",
        "# FromNodeId\tToNodeId\tweight\n0\t1\t1\n1\t2\t2\n2\t0\t4\n",
    ],
)
def test_the_numbers_of_the_file_are_agents(opinions, text) -> None:
    assert opinions(CASE, {"ties.txt": text.encode()}) == RIGHT


@pytest.mark.parametrize(
    ("word", "edges"),
    [("% asym", 2), ("% sym", 4), ("# Directed graph:", 2), ("# Undirected graph:", 4), ("# x", 4)],
)
def test_the_list_says_whether_links_have_a_direction(stepped, word, edges) -> None:
    changes = ("relations.ties.topology={type: file, path: ties.txt}",)
    text = f"{word} unweighted\n1 2\n2 3\n".encode()
    assert stepped(CASE, {"ties.txt": text}, changes).edges["ties"].count == edges
