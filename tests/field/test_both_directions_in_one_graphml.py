"""Each edge has the direction that its file says, also where the file has both kinds."""

import pytest


CASE = "12-both-directions-in-one-graphml"
GEXF = """<gexf><graph defaultedgetype="undirected"><nodes><node id="0"/><node id="1"/>
<node id="2"/></nodes><edges><edge source="0" target="1"/>
<edge source="1" target="2" type="directed"/></edges></graph></gexf>"""
PAJEK = "*Vertices 3\n*Edges\n1 2\n*Arcs\n2 3\n"
TABLE = "Source,Target,Type\n0,1,Undirected\n1,2,Directed\n"


@pytest.mark.parametrize(
    ("name", "text"), [("x.gexf", GEXF), ("x.net", PAJEK), ("x.csv", TABLE), ("ties.graphml", "")]
)
def test_one_link_goes_both_ways_and_one_does_not(opinions, name, text) -> None:
    files = {name: text.encode()} if text else {}
    changes = (f"relations.ties.topology.path={name}",)
    assert opinions(CASE, files, changes) == [0.1, 0.9, 1.9]


def test_reversed_turns_round_what_has_a_direction(opinions) -> None:
    assert opinions(CASE, {}, ("relations.ties.topology.lines=reversed",)) == [0.1, 1.0, 2.0]
