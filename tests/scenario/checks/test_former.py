import pytest

from netware.errors import ScenarioError
from netware.scenario.checks.former import FORMER
from netware.scenario.members import catalog
from netware.scenario.yaml.load import parse


TEXT = """netware: 1
name: old
steps: 3
populations:
  a: {agents: 4, model: {type: multilayer, inputs: 2, outputs: 2, widths: [3]}, state: {x: zeros}}
"""


def said(text: str) -> str:
    with pytest.raises(ScenarioError) as error:
        catalog.check(parse(TEXT + text, "old.yaml"))
    return str(error.value)


def without_excerpt(text: str) -> str:
    lines = text.splitlines()
    return "\n".join(line for line in lines if "|" not in line and line.strip() != "^")


def test_the_types_of_today_are_types() -> None:
    for (family, _), words in FORMER.items():
        for values in words.values():
            assert set(values.values()) <= set(catalog.names(family))


def test_a_former_parameter_says_which_type_to_write() -> None:
    found = said("rules:\n  hit: {type: lesion, on: a, what: neurons, fraction: 0.5}\n")
    assert without_excerpt(found) == (
        "old.yaml:7:30: rules.hit.what: S-UNKNOWN 'what' of lesion: 'neurons', whose values are "
        "types of their own\n"
        "  expected: one of 'type: lesion', 'type: neuron_lesion', 'type: agent_lesion', "
        "'type: state_lesion'\n"
        "  fix: write 'type: neuron_lesion' and delete 'what'"
    )


def test_an_event_says_it_in_its_own_words() -> None:
    found = said("events:\n  - {at: 1, rule: lesion, on: a, what: state, state: x, fraction: 1}\n")
    assert "fix: write 'rule: state_lesion' and delete 'what'" in found
    assert found.count("fix:") == 1


def test_the_value_that_needs_no_other_type_is_only_deleted() -> None:
    found = said("rules:\n  hit: {type: lesion, on: a, what: weights, fraction: 0.5}\n")
    assert "fix: delete 'what'" in found
    found = said("rules:\n  hit: {type: lesion, on: a, what: 7, fraction: 0.5}\n")
    assert "fix: delete 'what', and write one of these" in found


def test_what_else_is_wrong_is_said_at_once() -> None:
    found = said("rules:\n  hit: {type: lesion, on: a, what: agents, fraction: 2, state: x}\n")
    assert "rules.hit.fraction: S-RANGE 2 is out of range" in found
    assert "rules.hit.state: S-UNKNOWN 'state' is no key here" in found


def test_the_order_of_a_recall_is_a_type() -> None:
    found = said("rules:\n  hit: {type: recall, on: a, order: asynchronous}\n")
    assert "fix: write 'type: asynchronous_recall' and delete 'order'" in found
