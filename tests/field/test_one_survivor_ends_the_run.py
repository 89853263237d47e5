"""A run goes on when one agent is left, and when none is; what needs two is no number then."""

from math import isnan
from pathlib import Path

from netware import NetwareModel


CASE = Path(__file__).parent / "cases/17-one-survivor-ends-the-run/scenario.yaml"


def test_one_agent_disagrees_with_none() -> None:
    model, seen = NetwareModel(CASE), {}
    for _ in range(30):
        model.step()
        people = model.world["p"]
        assert people.alive is not None
        seen[int(people.alive.sum())] = model.reading("d", "pairwise_disagreement")
    assert {0, 1} <= set(seen)
    assert isnan(seen[1]) and isnan(seen[0])


def test_one_agent_from_the_start_is_no_mistake() -> None:
    model = NetwareModel(CASE, ["populations.p.agents=1", "populations.p.capacity=1"])
    assert isnan(model.reading("d", "pairwise_disagreement"))
    assert model.reading("d", "majority") == 1
