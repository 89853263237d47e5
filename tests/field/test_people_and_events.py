"""A file of two kinds of nodes joins two populations, from first ends to second ends."""

import pytest

import netware
from netware.errors import ScenarioError


CASE = "29-people-and-events"
KEY = "relations.attends.topology"
PAJEK = "*Vertices 5 3\n*Edges\n1 4\n2 4\n5 2\n3 5\n"
LABELLED = ",picnic,opera\nann,1,0\nbob,1,1\ncid,0,1\n"
GRAPHML = """<graphml><graph edgedefault="undirected"><node id="ann"/><node id="picnic"/>
<node id="bob"/><node id="opera"/><node id="cid"/><edge source="ann" target="picnic"/>
<edge source="bob" target="picnic"/><edge source="bob" target="opera"/>
<edge source="cid" target="opera"/></graph></graphml>"""


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("a.csv", "0,0\n1,0\n1,1\n2,1\n", "directed"),
        ("a.csv", "0,0\n1,0\n1,1\n2,1\n", "undirected"),
        ("a.csv", "0,0\n0,1\n1,1\n1,2\n", "reversed"),
        ("a.csv", "person,event\nann,picnic\nbob,picnic\nbob,opera\ncid,opera\n", None),
        ("a.txt", "% bip unweighted\n1 1\n2 1\n2 2\n3 2\n", None),
        ("a.net", PAJEK, None),
        ("a.csv", LABELLED, None),
        ("a.graphml", GRAPHML, None),
    ],
)
def test_events_hear_the_mean_of_those_who_attend(stepped, name, text, lines) -> None:
    written = f", lines: {lines}" if lines else ""
    change = f"{KEY}={{type: file, path: {name}{written}}}"
    world = stepped(CASE, {name: text.encode()}, (change,))
    assert world["events"]["heard"].tolist() == [1.5, 2.5]


def test_a_node_of_both_kinds_is_refused(case) -> None:
    text = GRAPHML.replace('source="cid" target="opera"', 'source="opera" target="cid"')
    path = case(CASE, {"a.graphml": text.encode()})
    with pytest.raises(ScenarioError, match="whose first end is a second end as well"):
        netware.NetwareModel(path, [f"{KEY}={{type: file, path: a.graphml}}"])


def test_a_number_that_is_no_agent_is_refused(case) -> None:
    path = case(CASE, {"attends.csv": b"0,0\n1,0\n1,1\n2,1\n4,1\n"})
    with pytest.raises(ScenarioError, match="expected: 3 nodes, one for each agent of 'people'"):
        netware.NetwareModel(path)
