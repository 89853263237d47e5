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


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (
            "rules:\n  hit: {type: lesion, on: a, what: neurons, fraction: 0.5}\n",
            "rules.hit: 'what: neurons' is 'type: neuron_lesion' now",
        ),
        (
            "rules:\n  hit: {type: lesion, on: a, what: weights, fraction: 0.5}\n",
            "rules.hit: 'what: weights' is 'type: lesion' now",
        ),
        (
            "events:\n  - {at: 1, rule: lesion, on: a, what: state, state: x, fraction: 1}\n",
            "events[0]: 'what: state' is 'rule: state_lesion' now",
        ),
    ],
)
def test_a_former_parameter_is_read_as_the_type_of_today(text: str, note: str) -> None:
    document = parse(TEXT + text, "old.yaml")
    assert document.notes == (note,)
    catalog.check(document)


def test_a_value_that_never_was_says_which_type_to_write() -> None:
    found = said("rules:\n  hit: {type: lesion, on: a, what: 7, fraction: 0.5}\n")
    assert without_excerpt(found) == (
        "old.yaml:7:30: rules.hit.what: S-UNKNOWN 'what' of lesion: 7, whose values are "
        "types of their own\n"
        "  expected: one of 'type: lesion', 'type: neuron_lesion', 'type: agent_lesion', "
        "'type: state_lesion'\n"
        "  fix: delete 'what', and write one of these"
    )


def test_what_else_is_wrong_is_said_at_once() -> None:
    found = said("rules:\n  hit: {type: lesion, on: a, what: agents, fraction: 2, state: x}\n")
    assert "rules.hit.fraction: S-RANGE 2 is out of range" in found
    assert "rules.hit.state: S-UNKNOWN 'state' is no key here" in found


def test_the_order_of_a_recall_is_a_type() -> None:
    document = parse(
        TEXT + "rules:\n  hit: {type: recall, on: a, order: asynchronous}\n", "old.yaml"
    )
    assert document.get(("rules", "hit")) == {"type": "asynchronous_recall", "on": "a"}
