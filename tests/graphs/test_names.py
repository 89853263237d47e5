from pathlib import Path

import pytest

from netware.errors import ScenarioError
from netware.files.origin import Origin
from netware.graphs.names import Mention, Names, settled


def mention(*ids: str, labels=None, first=None, whole=False, file="a.csv") -> Mention:
    return Mention(Origin(Path(file), "here"), ids, labels, first, whole)


@pytest.mark.parametrize(
    ("ids", "agents", "found"),
    [
        (("2", "0"), 3, [2, 0]),
        (("3", "1"), 3, [2, 0]),
        (("2.0", "0.0"), 3, [2, 0]),
        (("ann", "bob"), 2, [0, 1]),
        (("7", "5"), 2, [0, 1]),
        (("01", "02"), 2, [0, 1]),
        (("1", "x"), 2, [0, 1]),
    ],
)
def test_numbers_are_agents_if_all_are_and_names_come_in_order(ids, agents, found):
    one = mention(*ids)
    assert settled("people", agents, [one]).of(one).tolist() == found


def test_a_format_that_counts_from_1_is_believed():
    assert settled("people", 9, [mention("1", "2", first=1)]).first == 1
    assert settled("people", 9, [mention("1", "2")]).first == 0


def test_one_file_with_names_makes_numbers_names_in_all():
    numbers, words = mention("0", "1"), mention("ann", "1", file="b.csv")
    who = settled("people", 3, [numbers, words])
    assert who.names == ("0", "1", "ann") and who.of(words).tolist() == [2, 1]


def test_labels_settle_what_ids_of_two_files_contradict():
    one = mention("0", "1", labels=("ann", "bob"))
    other = mention("0", "1", labels=("bob", "ann"), file="b.gexf")
    who = settled("people", 2, [one, other])
    assert who.of(one).tolist() == [0, 1] and who.of(other).tolist() == [1, 0]
    assert settled("people", 2, [one]).shown == ("ann", "bob")


def test_labels_that_two_nodes_share_are_no_names():
    one = mention("x", "y", labels=("1", "1"))
    assert settled("people", 2, [one]).names == ("x", "y")


def test_a_list_of_names_knows_names_ids_and_numbers():
    who = Names(2, ("ann", "bob"), ids=("17", "4"))
    for ids in (("bob", "ann"), ("4", "17"), ("1", "0")):
        assert who.of(mention(*ids)).tolist() == [1, 0]
    with pytest.raises(ScenarioError, match="'eve', which is no agent"):
        who.of(mention("ann", "eve"))


def test_a_file_of_all_agents_must_have_as_many():
    with pytest.raises(ScenarioError, match="expected: 4 nodes, one for each agent of 'people'"):
        settled("people", 4, [mention("0", "1", "2", whole=True)])
