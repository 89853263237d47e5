import torch

from netware.measures.coalition_games.weighted_voting import WeightedVoting
from netware.measures.coalitions import values_of_all


def test_the_quota_wins_and_a_little_less_does_not() -> None:
    worth = torch.tensor([[4.0, 3.0, 2.0]])
    won = values_of_all(WeightedVoting(quota=6.0, scale=2.0), worth)
    assert won.tolist() == [[0, 0, 0, 2, 0, 2, 0, 2]]
    assert values_of_all(WeightedVoting(quota=9.1), worth).sum() == 0


def test_a_quota_in_float32_is_reached_by_the_worth_of_that_number() -> None:
    worth = torch.tensor([[0.7]]).double()
    assert values_of_all(WeightedVoting(quota=0.7), worth).tolist() == [[0, 1]]
