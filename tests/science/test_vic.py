"""The Vicsek model: order against noise, and the two ends of the scale."""

from math import pi, sqrt, tau

import pytest
import torch

from netware.draws import Draws, Purpose
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.flocking.vicsek import Vicsek
from netware.space.box import Space
from netware.space.headings import anywhere
from netware.world import World


def flock(agents: int, box: float, replicas: int, seed: int) -> World:
    """Returns birds anywhere in the box, heading anywhere."""
    draws, space = Draws.of(seed, replicas), Space(2, box)
    position = draws.stream(Purpose.STATE, "birds.position", agents).uniform(0.0, box, (2,))
    heading = anywhere(draws.stream(Purpose.STATE, "birds.heading", agents).uniform())
    state = {"position": space.wrap(position), "heading": heading}
    return World(draws, {"birds": Population("birds", agents, replicas, state=state)}, space=space)


def order(world: World, noise: float, steps: int, burn: int) -> torch.Tensor:
    """Returns phi of each replica at each step after `burn`, from the raw headings."""
    rule, found = Vicsek("birds", radius=1.0, speed=0.03, noise=noise), []
    for step in range(steps):
        world = rule.apply(world, Acting("fly")).advanced()
        if step >= burn:
            heading = world["birds"]["heading"].view(world.replicas, -1, 2)
            found.append(heading.mean(1).norm(dim=1))
    return torch.stack(found)


@pytest.mark.t1
@pytest.mark.parametrize(
    ("noise", "phi", "within"),
    [
        (1.0, 0.944, 0.015),
        (2.0, 0.778, 0.03),
        (3.0, 0.555, 0.06),
        (4.0, 0.25, 0.05),
        (5.0, 0.065, 0.015),
    ],
)
def test_vic_1_order_falls_with_noise_as_published(noise, phi, within):
    """N = 400, L = 10, v = 0.03, r = 1; mean of two seeds, T = 3000, the first half left out."""
    found = order(flock(400, 10.0, 2, seed=1), noise, steps=3000, burn=1500)
    assert found.mean().item() == pytest.approx(phi, abs=within)


@pytest.mark.t0
@pytest.mark.parametrize("agents", [100, 400, 1600])
def test_vic_2_at_full_noise_order_is_that_of_chance(agents):
    """phi sqrt(N) = sqrt(pi / 4): the law of finite size."""
    replicas = 16 if agents < 1000 else 8
    found = order(flock(agents, sqrt(agents / 4), replicas, seed=2), tau, steps=160, burn=10)
    assert found.mean().item() * sqrt(agents) == pytest.approx(sqrt(pi / 4), abs=0.04)


@pytest.mark.t0
@pytest.mark.parametrize("seed", [3, 4])
def test_vic_2_without_noise_all_fly_one_way(seed):
    world = flock(100, 5.0, 2, seed)
    assert order(world, 0.0, steps=200, burn=190).min() > 0.999
    control = order(world, tau, steps=200, burn=100)
    assert control.mean() < 0.2
