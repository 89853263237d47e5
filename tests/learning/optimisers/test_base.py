"""An optimiser in a scenario: written as a mapping, and refused as the word alone."""

from dataclasses import replace

import pytest

from netware.errors import ScenarioError
from netware.learning.optimisers.adam import Adam
from netware.scenario.members.catalog import check, members, resolved
from netware.scenario.yaml.load import parse


TEXT = """
netware: 1
name: learners
seed: 1
steps: 3
tasks: {t: {type: shells}}
populations:
  nets: {agents: 2, model: {type: multilayer, inputs: 10, outputs: 2}}
rules:
  learn: {type: gradient, on: nets, task: t, optimiser: OPTIMISER}
"""


def document(optimiser: str):
    return parse(TEXT.replace("OPTIMISER", optimiser), "learners.yaml")


def test_it_is_written_as_a_mapping_and_every_default_is_shown() -> None:
    scenario = check(document("{type: adam, rate: 0.02}"))
    assert members(scenario).rules["learn"].member.optimiser == replace(Adam(), rate=0.02)
    assert resolved(scenario)["rules"]["learn"]["optimiser"] == {
        "type": "adam",
        "rate": 0.02,
        "beta1": 0.9,
        "beta2": 0.999,
        "eps": 1e-8,
        "weight_decay": 0.0,
    }


@pytest.mark.parametrize(
    ("optimiser", "expected"),
    [
        ("[sgd]", "expected: a mapping with type"),
        ("sgdd", "unknown type 'sgdd' (did you mean 'sgd'?)"),
        ("{type: adm}", "unknown type 'adm' (did you mean 'adam'?)"),
        ("{type: adam, rate: -1.0}", "optimiser.rate: S-RANGE -1.0 is out of range"),
        ("{type: adam, momentum: 0.9}", "optimiser.momentum: S-UNKNOWN 'momentum' is no key here"),
    ],
)
def test_what_is_no_optimiser_is_refused_with_what_to_write(optimiser, expected) -> None:
    with pytest.raises(ScenarioError) as refused:
        check(document(optimiser))
    assert expected in str(refused.value)
