import pytest
import torch

from netware.errors import ScenarioError
from netware.rules.consensus.deffuant import Deffuant
from netware.rules.matching import drawn
from tests.rules.agreeing import ACTING, after, numbers, ring, world_of


def opinions(seed: int, agents: int, *size: int):
    return world_of(numbers(seed, agents, *size), ring(agents), column="opinion")


@pytest.mark.parametrize("size", [(), (1,), (2,)])
@pytest.mark.parametrize("order", ["disjoint", "sequential"])
def test_those_who_are_near_move_by_mu_and_the_others_stay(size, order):
    world = opinions(1, 40, *size)
    x = world["people"]["opinion"].clone()
    rule = Deffuant("people", 0.4, mu=0.3, order=order)
    meetings = drawn(world, ACTING, world["people"], None, 0, order)
    listened = 0
    for one, other in zip(meetings.first.tolist(), meetings.second.tolist(), strict=True):
        if (x[one] - x[other]).norm() < 0.4:
            step, listened = 0.3 * (x[other] - x[one]), listened + 1
            x[one] += step
            x[other] -= step
    assert 0 < listened < len(meetings.first)
    assert (after(world, rule)["people"]["opinion"] - x).abs().max() < 1e-15


def test_the_threshold_itself_does_not_listen():
    world = world_of(torch.tensor([0.0, 0.5], dtype=torch.float64), column="opinion")
    assert after(world, Deffuant("people", 0.5))["people"]["opinion"].tolist() == [0.0, 0.5]
    assert after(world, Deffuant("people", 0.501))["people"]["opinion"].tolist() == [0.25, 0.25]


@pytest.mark.parametrize("over", [None, "talks"])
def test_the_mean_is_kept_and_all_end_apart_by_more_than_the_threshold(over):
    world = opinions(2, 60)
    found = after(world, Deffuant("people", 0.2, over=over), 250)["people"]["opinion"]
    assert float(found.mean()) == pytest.approx(float(world["people"]["opinion"].mean()), abs=1e-14)
    if over is None:
        gaps = found.sort().values.diff()
        assert ((gaps < 1e-9) | (gaps > 0.2 - 1e-9)).all()
        assert (gaps > 0.2 - 1e-9).any()


def test_one_agent_alone_is_refused():
    with pytest.raises(ScenarioError) as refused:
        Deffuant("people").prepare(world_of(numbers(1, 1), column="opinion"), ACTING)
    assert str(refused.value) == (
        "rules.agree.on: 'people', one agent\n"
        "  expected: two agents or more, to meet\n"
        "  fix: write 'agents: 2' under populations.people"
    )
