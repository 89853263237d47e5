import pytest
import torch

from netware.errors import ScenarioError
from netware.probes.flocking.momentum import Momentum
from tests.rules.flocking.birds import birds


def test_each_replica_has_its_mean_and_its_spread():
    velocity = torch.tensor([[3.0, 0.0], [3.0, 8.0], [1.0, 0.0], [-1.0, 0.0]])
    read = Momentum("birds").read(birds(torch.zeros(4, 2), velocity, 2))
    assert read["momentum"].tolist() == pytest.approx([5.0, 0.0])
    assert read["mismatch"].tolist() == pytest.approx([4.0, 1.0])
    assert read["speed"].tolist() == pytest.approx([(3 + 73**0.5) / 2, 1.0])


def test_single_numbers_are_refused():
    world = birds(torch.zeros(2, 2), torch.zeros(2, 2)).with_state("birds", x=torch.ones(2))
    with pytest.raises(ScenarioError, match=r"Momentum\.state: 'x' of shape \(\)"):
        Momentum("birds", "x").read(world)
