from dataclasses import replace

import pytest
import torch

from netware.errors import ScenarioError
from netware.rules.flocking.lattice import action, bump, sigma_norm, sigma_of
from netware.rules.flocking.olfati_saber import OlfatiSaber
from tests.rules.flocking.birds import birds, flown, swarm


def one(**parameters) -> OlfatiSaber:
    return OlfatiSaber("birds", **{"method": "euler", "c1_gamma": 0.0, **parameters})


def pull_of(world, rule: OlfatiSaber) -> torch.Tensor:
    """The acceleration, from the velocity that one explicit step makes."""
    after = flown(world, rule)["birds"]["velocity"]
    return (after - world["birds"]["velocity"]) / world.dt


@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("dimensions", [2, 3])
def test_agents_do_to_each_other_what_the_equation_says(dimensions, periodic):
    world = swarm(14, dimensions, 2, box=20.0, periodic=periodic)
    rule = one(c1_alpha=2.0, c2_alpha=0.7, a=2.0)
    x, v = world["birds"]["position"], world["birds"]["velocity"]
    r_alpha, d_alpha = sigma_of(8.4, 0.1), sigma_of(7.0, 0.1)
    expected = torch.zeros_like(x)
    for i in range(28):
        for j in range(28):
            gap = world.space.displacement(x[j] - x[i])
            square = gap.square().sum()
            if i != j and i // 14 == j // 14 and square < 8.4**2:
                z = sigma_norm(square, 0.1)
                n = gap / (1 + 0.1 * square).sqrt()
                expected[i] += 2.0 * action(z, r_alpha, d_alpha, 0.2, 2.0, 5.0) * n
                expected[i] += 0.7 * bump(z / r_alpha, 0.2) * (v[j] - v[i])
    assert (pull_of(world, rule) - expected).abs().max() < 1e-10


def test_the_goal_pulls_with_a_bounded_force_and_moves():
    world = birds(torch.tensor([[3.0, 4.0]]), torch.tensor([[1.0, 0.0]]))
    rule = one(c1_gamma=2.0, c2_gamma=0.5, goal=(3.0, 0.0), goal_velocity=(0.0, 1.0))
    expected = torch.tensor([[-0.5, -2 * 4 / 17**0.5 + 0.5]], dtype=torch.float64)
    assert (pull_of(world, rule) - expected).abs().max() < 1e-12
    later = replace(world, step=30)  # at time 3 the goal is at (3, 3)
    expected = torch.tensor([[-0.5, -2 * 1 / 2**0.5 + 0.5]], dtype=torch.float64)
    assert (pull_of(later, rule) - expected).abs().max() < 1e-12
    followed = flown(world, replace(rule, c2_gamma=2.0), 120)["birds"]
    assert followed["velocity"].tolist() == [pytest.approx([0.0, 1.0], abs=1e-3)]
    assert followed["position"].tolist() == [pytest.approx([3.0, 12.0], abs=1e-3)]


@pytest.mark.parametrize("dimensions", [2, 3])
def test_nobody_enters_an_obstacle_on_the_way_to_the_goal(dimensions):
    start = torch.zeros(3, dimensions)
    start[:, 1] = torch.tensor([-1.5, 0.0, 1.5])
    centre = torch.tensor([6.0, *[0.3] * (dimensions - 1)])

    def nearest(obstacles) -> float:
        world, found = birds(start, torch.zeros(3, dimensions), dt=0.02), []
        rule = one(
            distance=1.5,
            radius=1.8,
            c1_gamma=6.0,
            c2_gamma=2.0,
            goal=(15.0, *[0.0] * (dimensions - 1)),
            obstacles=obstacles,
            obstacle_distance=1.0,
            c1_beta=60.0,
        )
        for _ in range(70):
            world = flown(world, rule, 5)
            found.append(float((world["birds"]["position"] - centre).norm(dim=1).min()))
        assert float(world["birds"]["position"][:, 0].min()) > 8.0
        return min(found)

    assert nearest(((*centre.tolist(), 1.5),)) > 1.45
    assert nearest(()) < 0.8


def test_what_does_not_fit_is_refused():
    with pytest.raises(ScenarioError, match="radius = 5 and distance = 7") as caught:
        OlfatiSaber("birds", radius=5.0)
    assert "fix: write 'radius: 8.4'" in str(caught.value)
    with pytest.raises(ScenarioError, match="a = 6 and b = 5"):
        OlfatiSaber("birds", a=6.0)
    for given in ({"goal": (1.0, 2.0, 3.0)}, {"obstacles": ((1.0, 2.0, 3.0, 4.0),)}):
        with pytest.raises(ScenarioError, match=r"numbers in 2 dimensions\n  expected: [23] numb"):
            flown(swarm(3), one(**given))
    with pytest.raises(
        ScenarioError, match=r"rules\.fly\.radius: radius = 8.4 in a periodic box of"
    ):
        flown(swarm(3, box=16.0, periodic=True), one())
