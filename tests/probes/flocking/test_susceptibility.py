from math import pi

import pytest
import torch

from netware.probes.flocking.susceptibility import Susceptibility
from tests.probes.histories import read_each, steps_of
from tests.rules.flocking.birds import swarm


def susceptibility(velocities: list[torch.Tensor], replicas: int, warmup: int = 0) -> torch.Tensor:
    world = swarm(len(velocities[0]) // replicas, replicas=replicas)
    worlds = steps_of(world, "birds", "velocity", [velocities[0], *velocities])
    return read_each(Susceptibility("birds", "velocity", warmup), worlds)[-1]["susceptibility"]


def test_chance_in_the_plane_gives_one_minus_pi_over_four_and_order_nothing():
    drawn = [
        torch.randn(200 * 50, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
        for seed in range(80)
    ]
    assert susceptibility(drawn, 50).mean() == pytest.approx(1 - pi / 4, rel=0.05)
    ahead = torch.ones(100, 2, dtype=torch.float64)
    assert susceptibility([ahead] * 4, 1).item() == pytest.approx(0, abs=1e-12)


def test_two_steps_by_hand_after_a_warmup():
    ahead = torch.tensor([[1.0, 0.0]] * 4, dtype=torch.float64)
    half = torch.tensor([[1.0, 0.0]] * 3 + [[-1.0, 0.0]], dtype=torch.float64)
    # phi = 1 and 1/2: 4 (5/8 - 9/16) = 1/4.
    assert susceptibility([ahead, half], 1).item() == pytest.approx(0.25)
    none = torch.tensor([[1.0, 0.0]] * 2 + [[-1.0, 0.0]] * 2, dtype=torch.float64)
    assert susceptibility([none, none, ahead, half], 1, warmup=2).item() == pytest.approx(0.25)
    assert susceptibility([ahead, half], 1, warmup=2).isnan().all()
