"""Overrides from the command line: values, places in the argument, and mistakes."""

import pytest

from netware.errors import ScenarioError
from netware.scenario.variants.overrides import assign, path_of
from netware.scenario.yaml.load import parse


TEXT = """
name: x
steps: 10
populations: {birds: {agents: 5}}
rules:
  fly: {type: vicsek, noise: 0.1}
events:
  - {at: 3, rule: lesion}
"""


def given(*arguments):
    return assign(parse(TEXT, "s.yaml"), arguments)


def refused(*arguments):
    with pytest.raises(ScenarioError) as caught:
        given(*arguments)
    return str(caught.value)


@pytest.mark.parametrize(
    ("argument", "path", "value"),
    [
        ("steps=20", ("steps",), 20),
        ("rules.fly.noise=1e-3", ("rules", "fly", "noise"), 0.001),
        ("rules.fly.to=[a, {b: 1}]", ("rules", "fly", "to"), ["a", {"b": 1}]),
        ("rules.fly.word='1'", ("rules", "fly", "word"), "1"),
        ("seed=", ("seed",), None),
        ("space.box=3", ("space", "box"), 3),
        ("events[0].at=4", ("events", 0, "at"), 4),
        ("about=a: b", ("about",), {"a": "b"}),
        ("about=x=y", ("about",), "x=y"),
    ],
)
def test_a_value_is_put_in_place(argument, path, value):
    assert given(argument).get(path) == value


def test_the_document_itself_does_not_change():
    document = parse(TEXT, "s.yaml")
    assign(document, ["rules.fly.noise=0.5"])
    assert document.get(("rules", "fly", "noise")) == 0.1


def test_a_place_is_that_in_the_argument():
    document = given("rules.fly.noise=0.5", "populations.birds.state={x: [1, 2]}")
    assert document.where(("rules", "fly", "noise")) == "command line:1:17: rules.fly.noise"
    assert document.where(("populations", "birds", "state", "x", 1)) == (
        "command line:1:33: populations.birds.state.x[1]"
    )
    assert document.excerpt(("rules", "fly", "noise")) == (
        "  1 | rules.fly.noise=0.5\n    |                 ^"
    )
    assert document.where(("rules", "fly", "type")).startswith("s.yaml:6:")


def test_an_unknown_entry_is_told_with_the_one_meant():
    message = refused("rules.fli.noise=0.5", "populations.bird.agents=3")
    assert "command line:1:1: rules.fli.noise: S-UNKNOWN rules has no 'fli'" in message
    assert "write 'fly'" in message and "write 'birds'" in message


@pytest.mark.parametrize(
    ("argument", "code", "column"),
    [
        ("steps", "S-UNKNOWN", 5),
        ("=3", "S-UNKNOWN", 1),
        ("a..b=3", "S-UNKNOWN", 4),
        ("steps=010", "E-AMBIG", 7),
        ("enabled=no", "E-AMBIG", 9),
        ("seed=" + "9" * 30, "E-RANGE", 6),
        ("a.b=[1, 2", "E-SYNTAX", 10),
        ("a=\x1b[0m", "E-CHAR", 3),
        ("a=*x", "E-ALIAS", 3),
        ("events[7].at=1", "S-UNKNOWN", 1),
        ("events.at=1", "S-UNKNOWN", 1),
    ],
)
def test_mistakes_have_a_caret_in_the_argument(argument, code, column):
    message = refused(argument)
    assert f"command line:1:{column}" in message, message
    assert code in message and "^" in message


def test_all_arguments_are_read_before_giving_up():
    message = refused("steps=010", "rules.fli.noise=1", "seed=1e999")
    assert all(code in message for code in ("E-AMBIG", "S-UNKNOWN", "E-NONFINITE"))


def test_dotted_keys_are_split():
    assert path_of("events[2].at") == ("events", 2, "at")
    assert path_of("sweep.rules.fly.noise") == ("sweep", "rules.fly.noise")
    assert path_of("a" * 600) == () == path_of("a b")
