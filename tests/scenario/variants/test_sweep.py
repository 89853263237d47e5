"""Sweeps: ranges, products, their order, and input 45 of the reliability table."""

import pytest

from netware.errors import ScenarioError
from netware.scenario.variants.ranges import values_of
from netware.scenario.variants.sweep import expand, extend, member_document
from netware.scenario.yaml.load import parse


TEXT = "name: x\nseed: 7\nrules: {fly: {type: vicsek, noise: 0.1}}\n"


def document(sweep=""):
    return parse(TEXT + (f"sweep: {sweep}\n" if sweep else ""), "s.yaml")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0:1:5", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("1:5:5", (1, 2, 3, 4, 5)),
        ("0.1:0.3:3", (0.1, 0.2, 0.3)),
        ("1e-3:1e-3:1", (0.001,)),
        ("5:1:3", (5, 3, 1)),
        ("2:9:1", (2,)),
    ],
)
def test_a_range_counts_both_ends(text, values):
    found = values_of(text) or ()
    assert found == values
    assert [type(value) for value in found] == [type(value) for value in values]


@pytest.mark.parametrize("text", ["cuda:0", "a:b:3", "1:2", "1:2:3:4", "0x1:2:3", "1:1e999:2"])
def test_other_texts_are_no_range(text):
    assert values_of(text) is None


def test_members_come_in_the_order_of_the_product():
    swept = document("{rules.fly.noise: [0.1, 0.2], steps: 1:3:3}")
    members = expand(swept)
    assert [member.index for member in members] == list(range(6))
    assert [tuple(member.values.values()) for member in members] == [
        (0.1, 1),
        (0.1, 2),
        (0.1, 3),
        (0.2, 1),
        (0.2, 2),
        (0.2, 3),
    ]
    assert members[4].arguments == ("rules.fly.noise=0.2", "steps=2")
    single = member_document(swept, members[4])
    assert single.get(("rules", "fly", "noise")) == 0.2
    assert "sweep" not in single.data
    assert single.where(("rules", "fly", "noise")) == "s.yaml:4:32: rules.fly.noise"


def test_all_members_keep_the_root_seed():
    swept = document("{rules.fly.noise: [0.1, 0.2]}")
    seeds = {member_document(swept, member).get(("seed",)) for member in expand(swept)}
    assert seeds == {7}


def test_a_scenario_without_sweep_is_one_member():
    assert [member.arguments for member in expand(document())] == [()]


def test_lists_and_ranges_of_the_command_line_join_the_sweep():
    swept = extend(document(), ["rules.fly.noise=0.1,0.2", "seed=1:2:2", "steps=9", "about='a, b'"])
    assert len(expand(swept)) == 4
    assert swept.get(("steps",)) == 9 and swept.get(("about",)) == "a, b"
    assert swept.where(("sweep", "rules.fly.noise", 1)).startswith("command line:1:21")


def test_lists_of_lists_are_split_outside_of_brackets():
    swept = extend(document(), ["populations=[1, 2],[3]"])
    assert swept.get(("sweep", "populations")) == [[1, 2], [3]]


@pytest.mark.parametrize(
    ("sweep", "place", "found"),
    [
        ("{rules.fly.noise: []}", "4:26", "'rules.fly.noise' has an empty list"),
        ("{rules.fly.noise: [1, 2, 1]}", "4:26", "has duplicate values"),
        ("{rules.fly.noise: 3}", "4:26", "neither a list nor a range"),
        ("{rules.fly.noise: 0:1:1000000000}", "4:26", "has 1000000000 values"),
        ("{name: [a, b]}", "4:15", "cannot be swept over"),
        ("{a..b: [1, 2]}", "4:15", "cannot be swept over"),
        ("{a: 1:200:200, b: 1:200:200}", "4:8", "200 x 200 = 40000 members"),
    ],
)
def test_input_45_sweeps(sweep, place, found):
    with pytest.raises(ScenarioError) as caught:
        expand(document(sweep))
    message = str(caught.value)
    assert f"s.yaml:{place}" in message and "S-SWEEP" in message and found in message, message


def test_mistakes_of_arguments_are_told_at_once():
    with pytest.raises(ScenarioError) as caught:
        extend(document(), ["rules.fli.noise=1,2", "steps=010,3"])
    assert "write 'fly'" in str(caught.value) and "E-AMBIG" in str(caught.value)
