from itertools import permutations
from math import factorial

import pytest
import torch

from netware.measures.coalition_games.airport import Airport
from netware.measures.coalition_games.glove import Glove
from netware.measures.coalition_games.size_power import SizePower
from netware.measures.coalition_games.weighted_voting import WeightedVoting
from netware.measures.coalitions import (
    numbers_of,
    shapley,
    shapley_of_subgames,
    shapley_sampled,
    subsets,
    values_of_all,
)


def random_games(games: int, agents: int, seed: int) -> torch.Tensor:
    values = torch.rand(
        games, 2**agents, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)
    )
    values[:, 0] = 0
    return values


def by_orders(values: list[float], agents: int) -> list[float]:
    """Shapley's value from its words: the mean over all orders in which agents may join."""
    total = [0.0] * agents
    for order in permutations(range(agents)):
        joined = 0
        for i in order:
            total[i] += values[joined | 1 << i] - values[joined]
            joined |= 1 << i
    return [value / factorial(agents) for value in total]


def test_subsets_are_numbers_in_binary():
    assert subsets(2, torch.zeros(1)).tolist() == [[0, 0], [1, 0], [0, 1], [1, 1]]


@pytest.mark.parametrize("agents", [1, 2, 3, 5])
def test_the_exact_value_is_the_mean_over_all_orders(agents):
    values = random_games(3, agents, agents)
    found = shapley(values)
    for game in range(3):
        expected = by_orders(values[game].tolist(), agents)
        assert found[game].tolist() == pytest.approx(expected, abs=1e-12)


def test_the_value_in_a_subgame_is_that_of_the_subgame_alone():
    agents = 4
    values = random_games(2, agents, 9)
    found = shapley_of_subgames(values)
    for number in range(2**agents):
        members = [i for i in range(agents) if number >> i & 1]
        inner = [
            sum(1 << members[k] for k in range(len(members)) if small >> k & 1)
            for small in range(2 ** len(members))
        ]
        own = shapley(values[:, inner]) if members else torch.zeros(2, 0)
        expected = torch.zeros(2, agents, dtype=torch.float64)
        expected[:, members] = own.double()
        assert (found[:, number] - expected).abs().max() < 1e-12


def test_values_of_games_by_hand():
    worth = torch.tensor([[-1.0, -1.0, 1.0], [3.0, 2.0, 4.0]])
    both = values_of_all(Glove(), worth[:1])
    assert both.tolist() == [[0, 0, 0, 0, 0, 1, 1, 1]]
    vote = values_of_all(WeightedVoting(quota=6.0, scale=2.0), worth[1:])
    assert vote.tolist() == [[0, 0, 0, 0, 0, 2, 2, 2]]
    assert values_of_all(Airport(), worth[1:]).tolist() == [[0, 3, 2, 3, 4, 4, 4, 4]]
    size = values_of_all(SizePower(power=2.0, scale=-1.0), worth[:1])
    assert size.tolist() == [[0, -1, -1, -4, -1, -4, -4, -9]]
    assert values_of_all(SizePower(power=0.0), worth[:1])[0, 0] == 0
    assert values_of_all(WeightedVoting(quota=-1.0), worth[:1])[0, 0] == 0


def test_sampled_values_are_within_their_error_and_do_not_depend_on_the_pieces(monkeypatch):
    worth = torch.tensor([[1.0, 2.0, 3.0, 5.0]], dtype=torch.float64)
    unit = torch.rand(1, 4, 2000, dtype=torch.float64, generator=torch.Generator().manual_seed(4))
    game = Airport()
    mean, error = shapley_sampled(game, worth, unit)
    exact = shapley(values_of_all(game, worth))
    assert ((mean - exact).abs() <= 4 * error).all() and (error > 0).any()
    assert mean.sum() == pytest.approx(5.0)
    monkeypatch.setattr("netware.measures.coalitions.CHUNK", 16 * 64)
    assert torch.allclose(shapley_sampled(game, worth, unit)[0], mean, atol=1e-12)


def test_numbers_of_coalitions():
    label = torch.tensor([[0, 1, 0, 2], [3, 3, 3, 3]])
    assert numbers_of(label).tolist() == [[5, 2, 5, 8], [15, 15, 15, 15]]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_worths_that_sum_to_the_quota_win_whatever_their_rounding(dtype: torch.dtype) -> None:
    worth = torch.tensor([[0.7, 0.1, 0.2, 0.2]], dtype=dtype).double()
    alone = WeightedVoting(quota=0.7).value(torch.eye(4).double(), worth)
    assert alone.tolist() == [1.0, 0.0, 0.0, 0.0]
    both = torch.tensor([0.0, 1.0, 1.0, 0.0]).double()
    assert WeightedVoting(quota=0.3).value(both, worth).tolist() == [1.0]
    assert WeightedVoting(quota=0.301).value(both, worth).tolist() == [0.0]
