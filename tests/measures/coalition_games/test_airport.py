import torch

from netware.measures.coalition_games.airport import Airport
from netware.measures.coalitions import values_of_all


def test_a_coalition_needs_the_runway_of_its_largest() -> None:
    worth = torch.tensor([[3.0, 2.0, 4.0]])
    assert values_of_all(Airport(), worth).tolist() == [[0, 3, 2, 3, 4, 4, 4, 4]]
    assert values_of_all(Airport(scale=-1.0), worth)[0, -1] == -4
