"""A fraction of leaders is one of the agents who are there."""

from pathlib import Path

import pytest
import torch

from netware import NetwareModel, ScenarioError


CASE = Path(__file__).parent / "cases/04-leaders-drawn-among-empty-places/scenario.yaml"


@pytest.mark.parametrize("seed", range(6))
def test_one_of_five_leads_whatever_the_room(seed):
    model = NetwareModel(CASE, seed=seed)
    before = model.world["p"]
    leads = before["r.leads"] > 0
    assert before.alive is not None
    assert int(leads.sum()) == int((leads & before.alive).sum()) == 1
    for _ in range(50):
        model.step()
    x = model.world["p"]["x"]
    assert torch.equal(x[leads], before["x"][leads])
    # One leader of five who all hear each other: what is left falls by 1 - gain a step.
    assert (x[:5] - x[leads]).abs().max() <= 0.9**50


def test_the_same_agent_leads_as_without_room():
    roomy, full = (NetwareModel(CASE, [f"populations.p.capacity={room}"]) for room in (50, 5))
    assert torch.equal(roomy.world["p"]["r.leads"][:5], full.world["p"]["r.leads"])


def test_a_leader_at_an_empty_place_is_refused():
    with pytest.raises(ScenarioError, match=r"an id, 0 to 4"):
        NetwareModel(CASE, ["rules.r={type: leader_following, on: p, over: g, leaders: [7]}"])
