from dataclasses import replace

import numpy as np
import pytest
import torch

from netware.errors import ScenarioError
from netware.rules.consensus.leader_following import LeaderFollowing
from tests.rules.agreeing import ACTING, after, laplacian, numbers, path, ring, world_of


@pytest.mark.parametrize("followers", [3, 8, 15])
def test_a_path_follows_its_leader_at_the_rate_of_the_grounded_laplacian(followers):
    """2 - 2 cos(pi / (2 n + 1)) (science.md, L)."""
    x, gain = numbers(followers, followers + 1), 0.2
    rule = LeaderFollowing("people", "talks", leaders=(0,), gain=gain)
    rate = 2 - 2 * np.cos(np.pi / (2 * followers + 1))
    steps = int(6 / (gain * rate))
    world = world_of(x, path(followers + 1))
    early, late = (after(world, rule, k * steps)["people"]["output"] for k in (1, 2))
    assert early[0] == late[0] == x[0]
    fell = float((late - x[0]).norm() / (early - x[0]).norm()) ** (1 / steps)
    assert fell == pytest.approx(1 - gain * rate, rel=1e-5)


def test_two_leaders_that_disagree_hold_the_others_between_them():
    x = numbers(2, 7, 2)
    rule = LeaderFollowing("people", "talks", leaders=(0, 6), gain=0.3)
    found = after(world_of(x, path(7)), rule, 3000)["people"]["output"]
    share = torch.linspace(0, 1, 7, dtype=torch.float64)[:, None]
    assert (found - ((1 - share) * x[0] + share * x[6])).abs().max() < 1e-10


def test_followers_obey_the_laplacian_without_the_leaders_rows_and_columns():
    x, matrix = numbers(3, 6), ring(6) * 0.5
    rule = LeaderFollowing("people", "talks", leaders=(1, 4), gain=0.1)
    found = after(world_of(x, matrix), rule)["people"]["output"]
    moved = x - 0.1 * torch.from_numpy(laplacian(matrix)) @ x
    moved[[1, 4]] = x[[1, 4]]
    assert (found - moved).abs().max() < 1e-15


def test_a_fraction_is_drawn_anew_in_every_replica():
    world = world_of(numbers(4, 8 * 20), ring(20), replicas=8)
    rule = LeaderFollowing("people", "talks", fraction=0.15)
    leads = rule.prepare(world, ACTING)["people"]["agree.leads"].view(8, 20)
    assert leads.sum(1).tolist() == [3.0] * 8
    assert len({tuple(row.tolist()) for row in leads}) > 1
    nobody = LeaderFollowing("people", "talks").prepare(world, ACTING)
    assert nobody["people"]["agree.leads"].view(8, 20).nonzero()[:, 1].tolist() == [0] * 8
    few = LeaderFollowing("people", "talks", fraction=0.001).prepare(world, ACTING)
    assert few["people"]["agree.leads"].view(8, 20).sum(1).tolist() == [1.0] * 8


@pytest.mark.parametrize(
    ("leaders", "fraction", "text"),
    [
        (
            (1,),
            0.5,
            "rules.agree.leaders: leaders and fraction\n"
            "  expected: either ids of leaders, or the fraction that is drawn\n"
            "  fix: leave 'fraction' out",
        ),
        (
            (0, 4),
            0.0,
            "rules.agree.leaders: agent 4 of 'people'\n"
            "  expected: an id, 0 to 3\n"
            "  fix: name an agent that is there",
        ),
    ],
)
def test_leaders_that_cannot_be_are_refused(leaders, fraction, text):
    rule = LeaderFollowing("people", "talks", leaders, fraction)
    with pytest.raises(ScenarioError) as refused:
        rule.prepare(world_of(numbers(5, 4), ring(4)), ACTING)
    assert str(refused.value) == text


def test_one_by_one_followers_move_in_their_turn_and_leaders_never():
    x = numbers(8, 6, 2)
    rule = LeaderFollowing("people", "talks", leaders=(2,), gain=0.3)
    world, expected = rule.prepare(world_of(x, ring(6)), ACTING), x.clone()
    for agent in (1, 2, 5, 0):
        world = rule.apply(world, replace(ACTING, agents=torch.tensor([agent])))
        if agent != 2:
            near = expected[agent - 1] + expected[(agent + 1) % 6] - 2 * expected[agent]
            expected[agent] += 0.3 * near
        assert (world["people"]["output"] - expected).abs().max() < 1e-14
    assert torch.equal(expected[[2, 3, 4]], x[[2, 3, 4]])
