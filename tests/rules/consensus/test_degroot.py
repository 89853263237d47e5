from dataclasses import replace

import numpy as np
import pytest
import torch

from netware.errors import ScenarioError
from netware.rules.consensus.average_consensus import AverageConsensus
from netware.rules.consensus.degroot import Degroot
from tests.rules.agreeing import ACTING, after, numbers, path, ring, world_of


TRUST = np.array([[0.5, 0.5, 0.0], [0.25, 0.5, 0.25], [0.0, 1 / 3, 2 / 3]])


def test_three_who_trust_each_other_come_to_the_mean_by_their_weight():
    """pi = (2, 4, 3) / 9 and |lambda_2| = .596856 (science.md, L)."""
    x = numbers(1, 3)
    world = world_of(x, TRUST, column="opinion")
    rule = Degroot("people", "talks")
    limit = (torch.tensor([2.0, 4.0, 3.0], dtype=torch.float64) / 9 * x).sum()
    assert (after(world, rule, 200)["people"]["opinion"] - limit).abs().max() < 1e-14
    early, late = (
        (after(world, rule, steps)["people"]["opinion"] - limit).norm() for steps in (20, 40)
    )
    assert float(late / early) ** (1 / 20) == pytest.approx(0.596856, rel=1e-5)


def test_the_weights_of_trust_need_not_sum_to_one():
    x, scale = numbers(2, 3, 2), np.array([[3.0], [0.5], [7.0]])
    one = after(world_of(x, TRUST, column="opinion"), Degroot("people", "talks"), 3)
    two = after(world_of(x, TRUST * scale, column="opinion"), Degroot("people", "talks"), 3)
    assert (one["people"]["opinion"] - two["people"]["opinion"]).abs().max() < 1e-14


def test_self_trust_is_a_loop_and_keeps_a_bipartite_graph_from_swinging():
    x = numbers(3, 4)
    looped = world_of(x, path(4) + 0.5 * np.eye(4), column="opinion")
    plain = world_of(x, path(4), column="opinion")
    trusting = Degroot("people", "talks", self_trust=0.5)
    one = after(looped, Degroot("people", "talks"), 7)["people"]["opinion"]
    assert (one - after(plain, trusting, 7)["people"]["opinion"]).abs().max() < 1e-14
    swinging = after(plain, Degroot("people", "talks"), 1000)["people"]["opinion"]
    assert swinging.std() > 0.01
    assert after(plain, trusting, 1000)["people"]["opinion"].std() < 1e-12


def test_on_an_irregular_graph_it_is_the_mean_by_degree_and_not_that_of_the_laplacian():
    x, star = numbers(4, 5), np.zeros((5, 5))
    star[0, 1:] = star[1:, 0] = 1
    world = world_of(x, star, column="opinion")
    pooled = after(world, Degroot("people", "talks", self_trust=1.0), 500)["people"]["opinion"]
    degree = torch.tensor([5.0, 2.0, 2.0, 2.0, 2.0], dtype=torch.float64)
    assert (pooled - (degree * x).sum() / degree.sum()).abs().max() < 1e-12
    gains = AverageConsensus("people", "talks", state="opinion", gain=0.2)
    assert (after(world, gains, 500)["people"]["opinion"] - x.mean()).abs().max() < 1e-12
    assert abs(float(pooled.mean() - x.mean())) > 1e-3


def test_who_trusts_nobody_stays():
    matrix = ring(4)
    matrix[2] = 0
    x = numbers(5, 4)
    found = after(world_of(x, matrix, column="opinion"), Degroot("people", "talks"))
    assert float(found["people"]["opinion"][2]) == float(x[2])


def test_trust_below_zero_is_refused():
    matrix = ring(4)
    matrix[0, 1] = -0.5
    with pytest.raises(ScenarioError) as refused:
        Degroot("people", "talks").prepare(world_of(numbers(6, 4), matrix), ACTING)
    assert str(refused.value) == (
        "rules.agree.over: 'talks' with a weight of -0.5\n"
        "  expected: weights of 0 or more\n"
        "  fix: write average_consensus for weights below 0, or mend the graph"
    )


@pytest.mark.parametrize("size", [(), (2,)])
@pytest.mark.parametrize("self_trust", [0.0, 0.3])
def test_who_acts_alone_becomes_what_it_becomes_with_all_and_the_others_stay(size, self_trust):
    x, matrix = numbers(6, 3, *size), TRUST.copy()
    matrix[1] = 0
    world = world_of(x, matrix, column="opinion")
    rule = Degroot("people", "talks", self_trust=self_trust)
    together = rule.apply(world, ACTING)["people"]["opinion"]
    acting = torch.tensor([2, 1])
    alone = rule.apply(world, replace(ACTING, agents=acting))["people"]["opinion"]
    assert (alone[acting] - together[acting]).abs().max() < 1e-15
    assert torch.equal(alone[0], x[0]) and not torch.equal(together[0], x[0])
    assert torch.equal(alone[1], x[1]), "who trusts nobody stays"
