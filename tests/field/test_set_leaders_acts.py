"""Leaders that an event names lead from its step on."""

from pathlib import Path

import pytest

from netware import NetwareModel
from netware.errors import ScenarioError


CASE = Path(__file__).parent / "cases/12-set-leaders-does-nothing/scenario.yaml"


def test_from_its_step_on_the_other_agent_leads():
    model, found = NetwareModel(CASE), []
    for _ in range(3):
        model.step()
        found.append(model.world["p"]["x"].tolist())
    assert found == [[0, 0.5], [0.25, 0.5], [0.375, 0.5]]


def test_a_leader_who_is_not_there_is_refused_at_the_line_of_the_event():
    with pytest.raises(ScenarioError) as caught:
        NetwareModel(CASE, ["events=[{at: 1, set: {rules.r.leaders: [7]}}]"])
    (problem,) = caught.value.problems
    assert "events[0].set" in problem.where and "agent 7" in problem.found
