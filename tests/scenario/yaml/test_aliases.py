"""Aliases: what yaml.dump writes is read as what was dumped; what grows is refused."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from netware.errors import ScenarioError
from netware.scenario.yaml import load as loading
from netware.scenario.yaml.load import parse


WORDS = st.sampled_from(["a", "b", "c"])
LEAVES = st.lists(st.integers(0, 9), max_size=3)


@pytest.mark.parametrize("reader", [yaml.SafeLoader, loading.READER])
def test_what_is_dumped_with_shared_parts_is_read_as_it_was(reader, monkeypatch) -> None:
    monkeypatch.setattr(loading, "READER", reader)
    row, topology = [1.0, 2.0], {"type": "ring", "k": 2}
    both = {"row": row, "topology": topology, "again": row}
    data = {"x": row, "y": row, "one": both, "two": both, "list": [topology, topology]}
    text = yaml.dump(data)
    assert "*id00" in text
    assert parse(text, "s.yaml").data == data


@given(st.dictionaries(WORDS, LEAVES, min_size=1), st.lists(WORDS, max_size=6))
def test_any_sharing_of_two_levels_is_read_as_it_was(parts, order) -> None:
    chosen = [parts[word] for word in order if word in parts]
    data = {"parts": parts, "chosen": chosen, "again": chosen, "both": [chosen, parts]}
    assert parse(yaml.safe_dump(data), "s.yaml").data == data


def test_a_repeated_value_has_the_place_where_it_stands() -> None:
    document = parse("a: &x [1, 2]\nb: *x\nc: 3\n", "s.yaml")
    assert document.data == {"a": [1, 2], "b": [1, 2], "c": 3}
    assert document.where(("b", 1)) == "s.yaml:1:11: b[1]"
    assert document.where_key(("b",)) == "s.yaml:2:1: b"


def test_a_repeated_value_is_a_value_of_its_own() -> None:
    data = parse("a: &x [1]\nb: *x\n", "s.yaml").data
    data["a"].append(2)
    assert data["b"] == [1]


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        ("a: *x\n", "1:4", "repeats no value that stands whole before it"),
        ("a: {b: &x [1, {c: *x}]}\n", "1:19", "repeats no value that stands whole before it"),
        ("a: &x {k: 1}\nb:\n  <<: *x\n", "3:3", "merge keys are not supported"),
        ("a: &x [!foo 1]\n", "1:8", "tags are not supported"),
        ("a: &x " + "[" + "1," * 999 + "1]\nb: [" + "*x," * 30 + "]\n", "2:32", "too much"),
    ],
)
def test_what_stands_for_nothing_or_grows_is_refused(text, place, found) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse(text, "s.yaml")
    assert f"s.yaml:{place}" in str(caught.value) and found in str(caught.value)


def test_a_name_that_is_given_twice_stands_for_the_last_value() -> None:
    assert parse("a: &x 1\nb: &x 2\nc: *x\n", "s.yaml").data == {"a": 1, "b": 2, "c": 2}
