import numpy as np
import pytest

from netware.errors import ScenarioError
from netware.files.origin import Origin
from netware.graphs.names import Names
from netware.graphs.people import People, people_of


WHO = Names(3, ("ann", "bob", "cid"))


def opened(tmp_path, text: str, name: str = "people.csv") -> People:
    path = tmp_path / name
    path.write_text(text)
    origin = Origin(path, "populations.people.names")
    return people_of(origin, origin.version())


@pytest.mark.parametrize(
    "text",
    [
        "name,age\nbob,2\nann,1\ncid,3\n",
        "age;name\n2,0;bob\n1,0;ann\n3,0;cid\n",
        "bob\t2\nann\t1\ncid\t3\n",
        "id,age\n1,2\n0,1\n2,3\n",
    ],
)
def test_each_agent_has_the_number_of_its_row(tmp_path, text):
    people = opened(tmp_path, text)
    column = next(name for name in people.columns if name in ("age", "2"))
    assert people.values(column, WHO).tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,age\nann,1\nbob,2\n", "2 rows for 3 agents, none about 'cid'"),
        ("name,age\nann,1\nbob,\ncid,3\n", r"people\.csv:3: '' in column 'age'"),
        ("name,age\nann,1\nbob,x\ncid,3\n", r"people\.csv:3: 'x' in column 'age'"),
        ("name,age\nann,1\neve,2\ncid,3\n", "'eve', which is no agent"),
        ("name,size\nann,1\nbob,2\ncid,3\n", "no column 'age'"),
        ("age\n1\n2\n3\n", "rows without names, and agents with names such as 'ann'"),
    ],
)
def test_what_is_missing_is_named(tmp_path, text, message):
    with pytest.raises(ScenarioError, match=message):
        opened(tmp_path, text).values("age", WHO)


def test_names_are_those_of_the_rows(tmp_path):
    assert opened(tmp_path, "name\nbob\nann\n").names() == (["bob", "ann"], None)
    assert opened(tmp_path, "bob\nann\n").names() == (["bob", "ann"], None)
    assert opened(tmp_path, "id,name\n7,bob\n9,ann\n").names() == (["bob", "ann"], ["7", "9"])
    with pytest.raises(ScenarioError, match="'bob' twice"):
        opened(tmp_path, "name\nbob\nbob\n").names()


def test_nodes_of_a_graph_are_people(tmp_path):
    text = """graph [ node [ id 1 label "bob" age 2 ] node [ id 2 label "ann" age 1 ]
    node [ id 3 label "cid" age 3 ] edge [ source 1 target 2 ] ]"""
    assert np.array_equal(opened(tmp_path, text, "x.gml").values("age", WHO), [1, 2, 3])


@pytest.mark.parametrize(
    "text", ["age\n1\n2\n3\n", "subject,age\n3,3\n1,1\n2,2\n", "subject;age\n2;3\n1;2\n0;1\n"]
)
def test_rows_of_agents_without_names_go_by_number_or_place(tmp_path, text):
    assert opened(tmp_path, text).values("age", Names(3)).tolist() == [1, 2, 3]


def test_a_first_column_that_holds_all_names_says_who_is_who(tmp_path):
    people = opened(tmp_path, "subject,age\n30,3\n10,1\n20,2\n")
    assert people.values("age", Names(3, ("10", "20", "30"))).tolist() == [1, 2, 3]
