"""A relation takes the edges of one kind, and a column of state the attribute of the nodes."""

import pytest

import netware
from netware.errors import ScenarioError


CASE = "16-kinds-of-ties-in-one-graphml"
KEY = "relations.ties.topology"


def taken(world) -> list[tuple[int, int, float]]:
    edges = world.edges["ties"]
    ends = edges.source.tolist(), edges.target.tolist(), edges.weight.tolist()
    return list(zip(*ends, strict=True))


def test_a_kind_is_chosen_by_the_attribute(stepped) -> None:
    world = stepped(CASE, {}, (f"{KEY}.where={{kind: boss}}",))
    assert taken(world) == [(0, 1, 5), (1, 2, 7)]


def test_rows_of_a_table_are_chosen_alike(stepped) -> None:
    table = b"from,to,kind,weight,year\n0,1,friend,2,1999\n0,1,boss,5,1999\n1,2,boss,7,2000\n"
    changes = (f"{KEY}.path=ties.csv", f"{KEY}.lines=directed")
    world = stepped(
        CASE, {"ties.csv": table}, (*changes, f"{KEY}.where={{kind: boss, year: 1999}}")
    )
    assert taken(world) == [(0, 1, 5)]


def test_both_kinds_together_are_refused_with_the_way_to_choose(case) -> None:
    path = case(CASE)
    with pytest.raises(ScenarioError, match=r"fix: write 'where: \{kind: boss\}', or a 'combine'"):
        netware.NetwareModel(path)
    for combine, weight in (("sum", 7), ("max", 5), ("min", 2), ("mean", 3.5), ("count", 2)):
        model = netware.NetwareModel(path, [f"{KEY}.combine={combine}"])
        assert taken(model.world)[0] == (0, 1, weight)


@pytest.mark.parametrize(
    ("where", "message"), [("{kind: enemy}", "one of friend, boss"), ("{colour: red}", "no column")]
)
def test_a_kind_that_is_not_there_is_refused(case, where, message) -> None:
    with pytest.raises(ScenarioError, match=message):
        netware.NetwareModel(case(CASE), [f"{KEY}.where={where}"])


@pytest.mark.parametrize(
    "spec", ["{file: ties.graphml}", "{file: ties.graphml, column: opinion}", "{file: people.csv}"]
)
def test_what_nodes_or_people_have_becomes_a_column_of_state(case, spec) -> None:
    path = case(CASE, {"people.csv": b"opinion;name\n0,9;2\n0,1;0\n0,5;1\n"})
    changes = [f"populations.people.state.opinion={spec}", f"{KEY}.where={{kind: boss}}"]
    model = netware.NetwareModel(path, changes)
    assert model.world["people"]["opinion"].tolist() == [0.1, 0.5, 0.9]
