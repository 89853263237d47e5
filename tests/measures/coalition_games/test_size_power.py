import torch

from netware.measures.coalition_games.size_power import SizePower
from netware.measures.coalitions import values_of_all


def test_the_size_alone_counts() -> None:
    worth = torch.tensor([[9.0, -1.0, 0.0]])
    assert values_of_all(SizePower(), worth).tolist() == [[0, 1, 1, 4, 1, 4, 4, 9]]
    assert values_of_all(SizePower(power=0.0), worth)[0].tolist() == [0, 1, 1, 1, 1, 1, 1, 1]
    assert not SizePower().asks_worth
