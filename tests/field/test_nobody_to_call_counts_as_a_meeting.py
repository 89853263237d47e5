"""An agent that hears no one calls no one, and keeps no one from meeting."""

from pathlib import Path

import pytest

from netware import NetwareModel


CASE = Path(__file__).parent / "cases/10-nobody-to-call-counts-as-a-meeting/scenario.yaml"
DEFFUANT = "rules.r={type: deffuant, on: p, over: g, state: x, threshold: 2.0}"
PAIRS = "rules.r={type: average_consensus, on: p, over: g, state: x, gain: 1.0}"


@pytest.mark.parametrize("changes", [[], [DEFFUANT], [PAIRS, "activation=pairs"]])
def test_the_only_call_is_always_a_meeting(changes, monkeypatch):
    monkeypatch.chdir(CASE.parent)
    model = NetwareModel(CASE, changes)
    model.step()
    x = model.world["p"].per_replica(model.world["p"]["x"])
    assert (x[:, 0] == x[:, 1]).all()
    assert model.reading("apart", "disagreement") == 0
