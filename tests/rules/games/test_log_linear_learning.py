from dataclasses import replace
from math import exp

import pytest
import torch

from netware.errors import ScenarioError
from netware.rules.base import Acting
from netware.rules.games.best_response import BestResponse
from netware.rules.games.log_linear_learning import LogLinearLearning
from tests.rules.games.players import played, players, square_grid, strategies


GAME = ((2.0, 0.0, 1.0), (0.0, 1.0, 0.5), (1.0, 0.5, 0.0))


def test_whoever_revises_draws_by_the_exponential_of_payoffs():
    pairs = [(2 * i, 2 * i + 1) for i in range(20_000)]
    rule = LogLinearLearning("people", "near", GAME, temperature=0.7)
    world = rule.prepare(players(pairs, 40_000, [0, 2] * 20_000, 3), Acting("learn"))
    ones = torch.arange(0, 40_000, 2)
    after = strategies(rule.apply(world, Acting("learn", ones)))
    assert (after[1::2] == 2).all()
    weight = torch.tensor([exp(u / 0.7) for u in (1.0, 0.5, 0.0)])
    expected = weight / weight.sum()
    found = torch.bincount(after[::2], minlength=3) / 20_000
    assert (found - expected).abs().max() < 4 * 0.5 / 20_000**0.5


def test_in_the_cold_it_is_best_response_and_in_the_heat_a_coin():
    world = players(square_grid(8), 64, [int(i % 3 == 0) for i in range(64)], replicas=2)
    payoff = ((2.0, 0.0), (0.0, 1.01))
    cold = LogLinearLearning("people", "near", payoff, temperature=1e-3)
    sure = BestResponse("people", "near", payoff)
    assert torch.equal(
        played(world, cold, 100)["people"]["strategy"],
        played(world, sure, 100)["people"]["strategy"],
    )
    hot = LogLinearLearning("people", "near", payoff, temperature=1e6, revision="all")
    crowd = players([], 10_000, [0] * 10_000)
    assert strategies(played(crowd, hot, 1)).double().mean() == pytest.approx(0.5, abs=0.02)


def test_each_in_its_turn_revises_as_if_it_alone_did():
    rule = LogLinearLearning("people", "near", revision="all")
    world = rule.prepare(players([(0, 1), (1, 2)], 3, [0, 1, 0]), Acting("learn"))
    once = rule.apply(world, Acting("learn", torch.tensor([1])))
    together = rule.apply(world, Acting("learn"))
    assert strategies(once)[[0, 2]].tolist() == [0, 0]
    assert strategies(once)[1] == strategies(together)[1]


def test_the_agents_own_network_may_say_what_strategies_are_worth():
    rule = LogLinearLearning("people", "near", temperature=0.01, policy="output", revision="all")
    world = players([], 2, [0, 0])
    world = world.with_state("people", output=torch.eye(2, dtype=torch.float64).flip(0))
    assert strategies(played(world, rule, 1)).tolist() == [1, 0]
    assert strategies(played(world, replace(rule, temperature=1e9), 30)).shape == (2,)


def test_a_matrix_that_is_not_square_is_refused():
    with pytest.raises(ScenarioError, match=r"log_linear_learning\.payoff: 2 rows, and a row of 1"):
        LogLinearLearning("people", "near", ((1.0,), (1.0,)))
