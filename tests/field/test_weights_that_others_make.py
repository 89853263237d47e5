"""What a rule would write into weights that a relation makes again is refused, not lost."""

import pytest

from netware import NetwareModel
from netware.errors import ScenarioError
from tests.simulation.worlds import write


TEXT = """
netware: 1
name: made
seed: 5
steps: 2
populations:
  parents: {agents: 1, model: {type: multilayer, inputs: 2, outputs: 1}}
  heirs: {agents: 4, model: {type: multilayer, inputs: 2, outputs: 1}}
relations:
  made: {type: inheritance, between: [parents, heirs]}
  talks: {type: association, between: [heirs, heirs], topology: {type: complete}}
rules:
  change: RULE
"""
RULES = [
    "{type: noise, on: heirs, state: weights, sd: 0.1}",
    "{type: lesion, on: heirs, fraction: 0.5}",
    "{type: agent_lesion, on: heirs, fraction: 0.5}",
    "{type: weight_consensus, on: heirs, over: talks}",
    "{type: gossip, on: heirs, over: talks, state: weights}",
]


@pytest.mark.parametrize("rule", RULES)
def test_it_is_refused_at_its_line(tmp_path, rule) -> None:
    with pytest.raises(ScenarioError) as caught:
        NetwareModel(write(tmp_path, TEXT.replace("RULE", rule)))
    (problem,) = caught.value.problems
    assert "scenario.yaml:13:" in problem.where
    assert "that relations.made makes again in every step: b1, w1" in problem.found


@pytest.mark.parametrize("rule", RULES)
def test_those_who_make_them_may_be_changed(tmp_path, rule) -> None:
    text = TEXT.replace("[heirs, heirs]", "[parents, parents]").replace("agents: 1,", "agents: 3,")
    model = NetwareModel(write(tmp_path, text.replace("RULE", rule.replace("heirs", "parents"))))
    model.step()
