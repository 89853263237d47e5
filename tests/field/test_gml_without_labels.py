"""GML as it is passed around: without labels, with letters, with two nodes of one label."""

import pytest

import netware
from netware.errors import ScenarioError


CASE = "15-gml-without-labels"
EDGE = "edge [ source 1 target 2 weight 3 ]"


@pytest.mark.parametrize(
    ("nodes", "names"),
    [
        ("node [ id 1 ] node [ id 2 ]", ("1", "2")),
        ('node [ id 1 label "Jürgen" ] node [ id 2 label "Zoë" ]', ("Jürgen", "Zoë")),
        ('node [ id 1 label "J&#252;rgen" ] node [ id 2 label "Zo&euml;" ]', ("Jürgen", "Zoë")),
        ('node [ id 1 label "x" ] node [ id 2 label "x" ]', ("1", "2")),
        ('node [ id 1 label "a" graphics [ x 1.0 y 2.0 ] ] node [ id 2 label "b" ]', ("a", "b")),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_nodes_are_called_by_label_or_number(stepped, nodes, names, encoding) -> None:
    text = f'Creator "x"\ngraph [\n directed 1\n {nodes}\n {EDGE}\n]\n'
    world = stepped(CASE, {"ties.gml": text.encode(encoding)})
    assert world["people"].who.shown == names
    assert world["people"]["opinion"].tolist() == pytest.approx([0, 0.7])


def test_a_second_edge_is_refused_by_its_line_or_combined(case) -> None:
    text = f"graph [\ndirected 1\nnode [ id 1 ]\nnode [ id 2 ]\n{EDGE}\n{EDGE}\n]\n"
    path = case(CASE, {"ties.gml": text.encode()})
    with pytest.raises(ScenarioError, match=r"ties\.gml:6: a second edge 1 - 2 \(first in line 5"):
        netware.NetwareModel(path)
    model = netware.NetwareModel(path, ["relations.ties.topology.combine=sum"])
    assert model.world.edges["ties"].weight.tolist() == [6]
