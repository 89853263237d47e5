from typing import Any

import pytest
import torch

from netware.errors import ScenarioError
from netware.rules.flocking.reynolds import Reynolds, limited
from tests.rules.flocking.birds import birds, flown, swarm


RULE = Reynolds("birds", radius=1.5, crowding=0.6, separation=0.1, fastest=50.0)


def by_hand(world, rule: Any) -> torch.Tensor:
    """The velocity after one step, bird by bird."""
    x, v = world["birds"]["position"], world["birds"]["velocity"]
    agents, found = world["birds"].agents, []
    assert isinstance(rule.separation, float) and isinstance(rule.cohesion, float)
    assert isinstance(rule.alignment, float)
    for i in range(len(x)):
        gaps = {
            j: world.space.displacement(x[j] - x[i])
            for j in range(len(x))
            if j != i and j // agents == i // agents
        }
        near = [j for j, gap in gaps.items() if gap.norm() <= rule.radius]
        wish = torch.zeros_like(x[i])
        if near:
            wish = wish + rule.cohesion * torch.stack([gaps[j] for j in near]).mean(0)
            wish = wish + rule.alignment * (v[near].mean(0) - v[i])
        for gap in gaps.values():
            if gap.norm() <= rule.crowding:
                wish = wish - rule.separation * gap / gap.square().sum()
        found.append(v[i] + world.dt * wish)
    return torch.stack(found)


@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("dimensions", [2, 3])
def test_a_step_is_the_three_wishes_by_hand(dimensions, periodic):
    world = swarm(25, dimensions, 2, box=4.0, periodic=periodic)
    after = flown(world, RULE)["birds"]
    expected = by_hand(world, RULE)
    assert (after["velocity"] - expected).abs().max() < 1e-12
    place = world.space.wrap(world["birds"]["position"] + world.dt * expected)
    assert (after["position"] - place).abs().max() < 1e-12


def test_many_birds_in_cells_fly_as_few_do():
    world = swarm(800, 2, 1, box=20.0, periodic=True)
    x, v = world["birds"]["position"], world["birds"]["velocity"]
    gap = world.space.displacement(x[None] - x[:, None])
    square = gap.square().sum(2).fill_diagonal_(1e9)
    near, crowded = (square <= 1.5**2).double(), (square <= 0.6**2).double()
    others = near.sum(1, keepdim=True).clamp(min=1)
    wish = 0.2 * torch.einsum("ij,ijk->ik", near, gap) / others
    wish += 0.5 * (near @ v - near.sum(1, keepdim=True) * v) / others
    wish -= 0.1 * torch.einsum("ij,ijk->ik", crowded / square, gap)
    after = flown(world, RULE)["birds"]
    assert (after["velocity"] - v - world.dt * wish).abs().max() < 1e-11


def test_speeds_stay_within_their_limits():
    world = flown(swarm(40), Reynolds("birds", slowest=0.4, fastest=0.7), 20)
    speed = world["birds"]["velocity"].norm(dim=1)
    assert speed.min() >= 0.4 - 1e-12 and speed.max() <= 0.7 + 1e-12
    still = torch.zeros(1, 2)
    assert torch.equal(limited(still, 0.0, 1.0), still)
    assert limited(torch.tensor([[3.0, 4.0]]), 0.0, 1.0).tolist() == [pytest.approx([0.6, 0.8])]


def test_two_on_one_spot_stay_finite():
    world = birds(torch.ones(2, 2), torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
    after = flown(world, RULE)["birds"]
    assert after["velocity"].isfinite().all()


def test_a_least_speed_above_the_greatest_is_refused():
    with pytest.raises(ScenarioError, match=r"S-RANGE slowest = 2 and fastest = 1\n.*at most"):
        Reynolds("birds", slowest=2.0)
