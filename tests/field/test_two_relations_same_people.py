"""A name is one agent in the whole scenario, whichever files name it, and in whatever order."""

import pytest

import netware
from netware.errors import ScenarioError


CASE = "07-two-relations-same-people"


def edges(world, relation: str) -> list[tuple[str, str]]:
    block, names = world.edges[relation], world["people"].who.shown
    ends = zip(block.source.tolist(), block.target.tolist(), strict=True)
    return sorted((names[one], names[other]) for one, other in ends)


def test_the_second_file_is_about_the_same_people(opinions) -> None:
    assert opinions(CASE) == [0.3, 1.2, 2, 2.9]


def test_files_of_other_formats_are_about_them_as_well(stepped) -> None:
    gml = b"""graph [ directed 1 node [ id 7 label "dan" ] node [ id 3 label "ann" ]
    node [ id 5 label "bob" ] node [ id 1 label "cid" ]
    edge [ source 7 target 3 ] edge [ source 7 target 5 ] edge [ source 1 target 7 ] ]"""
    changes = ("relations.orders.topology={type: file, path: orders.gml}",)
    world = stepped(CASE, {"orders.gml": gml}, changes)
    assert edges(world, "orders") == [("cid", "dan"), ("dan", "ann"), ("dan", "bob")]
    assert world["people"].who.shown == ("ann", "bob", "cid", "dan")


def test_a_list_of_people_settles_who_is_who(stepped) -> None:
    people = b"id;name\n4;dan\n3;cid\n2;bob\n1;ann\n"
    orders = b"4,1\n4,2\n3,4\n"
    changes = ("populations.people.names=people.csv",)
    world = stepped(CASE, {"people.csv": people, "orders.csv": orders}, changes)
    assert world["people"].who.shown == ("dan", "cid", "bob", "ann")
    assert edges(world, "orders") == [("cid", "dan"), ("dan", "ann"), ("dan", "bob")]


def test_a_name_that_no_one_has_is_refused(case) -> None:
    path = case(CASE, {"orders.csv": b"dan,ann\ndan,bbo\ncid,dan\n"})
    with pytest.raises(ScenarioError, match=r"5 nodes in 'talks\.csv' and 'orders\.csv'"):
        netware.NetwareModel(path)
    path.with_name("people.csv").write_text("name\nann\nbob\ncid\ndan\n")
    with pytest.raises(ScenarioError, match="'bbo', which is no agent"):
        netware.NetwareModel(path, ["populations.people.names=people.csv"])
