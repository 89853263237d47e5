import torch

from netware.measures.coalition_games.glove import Glove
from netware.measures.coalitions import values_of_all


def test_gloves_are_worth_something_in_pairs() -> None:
    worth = torch.tensor([[-1.0, -2.0, 2.5]])
    assert values_of_all(Glove(), worth).tolist() == [[0, 0, 0, 0, 0, 1, 2, 2.5]]
    assert not values_of_all(Glove(), worth.abs()).any(), "gloves of one side make no pair"
