"""A payoff that float32 cannot hold decides a tie in float64."""

from pathlib import Path

from netware import NetwareModel


CASE = Path(__file__).parent / "cases/01-spatial-dilemma-b-in-float32/scenario.yaml"


def test_five_times_1_2_is_6_and_a_tie_keeps_the_strategy(monkeypatch):
    monkeypatch.chdir(CASE.parent)
    model = NetwareModel(CASE)
    model.step()
    people = model.world["p"]
    assert people["payoff"][1].item() == people["payoff"][2].item() == 6.0
    assert people["strategy"][0].tolist() == [1, 0]
    assert people["payoff"].dtype == people["strategy"].dtype == people.dtype
