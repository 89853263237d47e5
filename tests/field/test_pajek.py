"""Pajek: arcs and edges, lists and matrices of them, vertices without links."""

import pytest


CASE = "13-pajek"
RIGHT = [0, 0.85, 1.85, 3.0]


@pytest.mark.parametrize(
    "text",
    [
        '*Vertices 4\n1 "ann"\n2 "bob"\n3 "cid"\n4 "dan"\n*Arcs\n1 2 3.0\n*Edges\n2 3 1.5\n',
        "*vertices 4\r\n*arcs\r\n1 2 3\r\n*edges\r\n2 3 1.5\r\n",
        "% made by hand\n*Network x\n*Vertices 4\n*Arcs\n1 2 3\n2 3 1.5\n3 2 1.5\n",
        "*Vertices 4\n*Matrix\n0 3 0 0\n0 0 1.5 0\n0 1.5 0 0\n0 0 0 0\n",
        '*Vertices 4\n1 "ann" 0.1 0.2 0.5\n2 "bob" 0.1 0.2\n*Arcs\n1 2 3 c Blue\n*Edges\n3 2 1.5\n',
    ],
)
def test_each_way_to_write_it_is_read(opinions, text) -> None:
    assert opinions(CASE, {"ties.net": text.encode()}) == RIGHT


def test_labels_are_names(stepped) -> None:
    assert stepped(CASE)["people"].who.shown == ("ann", "bob", "cid", "dan")
