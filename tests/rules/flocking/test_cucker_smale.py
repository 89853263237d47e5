import pytest
import torch

from netware.rules.flocking.cucker_smale import CuckerSmale
from tests.rules.flocking.birds import flown, swarm


def by_hand(world, rule: CuckerSmale) -> torch.Tensor:
    """The velocity after one explicit step, bird by bird."""
    x, v = world["birds"]["position"], world["birds"]["velocity"]
    agents, found = world["birds"].agents, []
    for i in range(len(x)):
        total = torch.zeros_like(v[i])
        for j in range(len(x)):
            gap = world.space.displacement(x[j] - x[i]).square().sum()
            if j // agents == i // agents and gap <= (rule.radius or 1e9) ** 2:
                total = total + (v[j] - v[i]) / (1 + gap) ** rule.beta
        found.append(v[i] + world.dt * rule.strength / agents * total)
    return torch.stack(found)


@pytest.mark.parametrize("radius", [None, 1.5])
@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("dimensions", [2, 3])
def test_a_step_is_the_equation_by_hand(dimensions, periodic, radius):
    world = swarm(15, dimensions, 2, periodic=periodic)
    rule = CuckerSmale("birds", 1.7, 0.8, radius, "euler")
    after, expected = flown(world, rule)["birds"], by_hand(world, rule)
    assert (after["velocity"] - expected).abs().max() < 1e-12
    place = world.space.wrap(world["birds"]["position"] + world.dt * expected)
    assert (after["position"] - place).abs().max() < 1e-12


@pytest.mark.parametrize("periodic", [True, False])
def test_many_birds_heed_all_as_few_do(periodic):
    world = swarm(800, 2, 1, box=30.0, periodic=periodic)
    rule = CuckerSmale("birds", method="euler")
    x, v = world["birds"]["position"], world["birds"]["velocity"]
    gap = world.space.displacement(x[None] - x[:, None]).square().sum(2)
    weight = (1 + gap).pow(-0.25)
    expected = v + 0.1 / 800 * (weight @ v - weight.sum(1, keepdim=True) * v)
    assert (flown(world, rule)["birds"]["velocity"] - expected).abs().max() < 1e-12


def test_momentum_is_kept_in_float32_too():
    world = swarm(50, 2, 3, dtype=torch.float32)
    after = flown(world, CuckerSmale("birds", 2.0, 0.3, 2.0), 50)
    before = world.per_replica(world["birds"]["velocity"]).double().mean(1)
    assert (after.per_replica(after["birds"]["velocity"]).double().mean(1) - before).abs().max() < (
        2e-6
    )


def test_all_birds_of_one_velocity_fly_on():
    world = swarm(10)
    same = world["birds"]["velocity"][:1].expand(10, -1)
    world = world.with_state("birds", velocity=same)
    after = flown(world, CuckerSmale("birds"), 10)["birds"]
    assert (after["velocity"] - same).abs().max() < 1e-14
    straight = world["birds"]["position"] + same
    assert (after["position"] - straight).abs().max() < 1e-12
