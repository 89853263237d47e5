"""Names of columns are no people, and columns are taken by their names in any order."""

import pytest

import netware
from netware.errors import ScenarioError


CASE = "02-header-line-of-an-edge-list"
RIGHT = [0.1, 0.9, 2.1, 2.9, 4, 5]


@pytest.mark.parametrize(
    "text",
    [
        "source,target\n0,1\n2,3\n",
        "Source,Target,Type,Id,Label\n0,1,Undirected,0,\n2,3,Undirected,1,\n",
        "Id;Target;Type;Source\n0;1;Undirected;0\n1;3;Undirected;2\n",
        "from\tto\n0\t1\n2\t3\n",
        ",source,target\n0,0,1\n1,2,3\n",
        "person,friend\n0,1\n2,3\n",
        "sep=;\nsource;target\n0;1\n2;3\n",
        "node_1,node_2\n0,1\n2,3\n",
        "id1,id2\n0,1\n2,3\n",
        '"V1" "V2"\n"1" 0 1\n"2" 2 3\n',
        "weight,source,target\n1,0,1\n1,2,3\n",
        "# a list\n\nsource target\n0 1\n2 3\n",
    ],
)
def test_columns_are_taken_by_their_names(opinions, text) -> None:
    assert opinions(CASE, {"ties.csv": text.encode()}) == RIGHT


def test_columns_may_be_named_in_the_scenario(opinions) -> None:
    text = b"n,who,whom,when\n7,0,1,1999\n8,2,3,2000\n"
    key = "relations.ties.topology"
    assert opinions(CASE, {"ties.csv": text}, (f"{key}.source=who", f"{key}.target=whom")) == RIGHT


@pytest.mark.parametrize("ends", ["source: 2, target: 3", "target: 3, source: 2"])
def test_columns_without_names_go_by_their_numbers(opinions, ends) -> None:
    topology = f"{{type: file, path: ties.csv, weight: none, {ends}}}"
    changes = (f"relations.ties.topology={topology}",)
    assert opinions(CASE, {"ties.csv": b"7 0 1\n8 2 3\n"}, changes) == RIGHT


def test_a_first_line_of_words_that_may_be_either_is_refused(case) -> None:
    text = b"one,other\nann,bob\ncid,dan\neve,fay\n"
    path = case(CASE, {"ties.csv": text})
    with pytest.raises(ScenarioError, match="may be names of columns, or of two nodes"):
        netware.NetwareModel(path)
    header = "relations.ties.topology.header=true"
    shown = netware.NetwareModel(path, [header]).world["people"].who.shown
    assert shown is not None and shown[0] == "ann"


def test_columns_that_cannot_be_told_are_asked_for(case) -> None:
    text = b"alpha,beta,gamma\n0,1,5\n2,3,5\n"
    with pytest.raises(ScenarioError, match="write 'source:' and 'target:'"):
        netware.NetwareModel(case(CASE, {"ties.csv": text}))
