from math import cos, pi, tau

import pytest
import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError, ShapeError, StateError
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.flocking.vicsek import Vicsek
from netware.space.box import Space
from netware.world import World


def flock(
    agents=60, replicas=1, dimensions=2, box=4.0, periodic=True, seed=3, dtype=torch.float64
) -> World:
    draws, space = Draws.of(seed, replicas), Space(dimensions, box, periodic)
    size = (dimensions,)
    drawn = draws.stream(Purpose.STATE, "heading", agents).normal(size=size, dtype=dtype)
    position = draws.stream(Purpose.STATE, "position", agents).uniform(0.0, box, size, dtype)
    state = {"position": position, "heading": torch.nn.functional.normalize(drawn)}
    return World(
        draws,
        {"birds": Population("birds", agents, replicas, state=state, dtype=dtype)},
        space=space,
    )


def flown(world: World, rule: Vicsek, steps: int = 1) -> World:
    world = rule.prepare(world, Acting("fly"))
    for _ in range(steps):
        world = rule.apply(world, Acting("fly")).advanced()
    return world


def mean_of_those_near(world: World, radius: float) -> Tensor:
    """Computes the mean headings one bird at a time, as the paper writes it."""
    position, heading = world["birds"]["position"], world["birds"]["heading"]
    agents, found = world["birds"].agents, []
    for i in range(len(position)):
        total = torch.zeros(heading.shape[1], dtype=heading.dtype)
        for j in range(len(position)):
            gap = world.space.displacement(position[j] - position[i])
            if i // agents == j // agents and gap.norm() <= radius:
                total = total + heading[j]
        found.append(total / total.norm())
    return torch.stack(found)


@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("dimensions", [2, 3])
def test_without_noise_birds_take_the_mean_heading_and_move_along_it(dimensions, periodic):
    world = flock(30, 2, dimensions, periodic=periodic)
    after = flown(world, Vicsek("birds", radius=1.0, speed=0.5, noise=0.0))["birds"]
    mean = mean_of_those_near(world, 1.0)
    assert (after["heading"] - mean).abs().max() < 1e-12
    moved = world.space.wrap(world["birds"]["position"] + 0.5 * mean)
    assert (after["position"] - moved).abs().max() < 1e-12


def test_the_step_in_time_scales_the_way():
    world = flock()
    slow = World(world.draws, world.populations, space=world.space, dt=0.1)
    rule = Vicsek("birds", speed=0.5, noise=0.0)
    way = [
        world.space.displacement(flown(w, rule)["birds"]["position"] - world["birds"]["position"])
        for w in (world, slow)
    ]
    assert (way[0] - 10 * way[1]).abs().max() < 1e-12


def test_angular_noise_is_uniform_about_the_mean():
    world, noise = flock(20_000, box=200.0), 1.5
    mean = flown(world, Vicsek("birds", noise=0.0))["birds"]["heading"]
    turned = flown(world, Vicsek("birds", noise=noise))["birds"]["heading"]
    cross = mean[:, 0] * turned[:, 1] - mean[:, 1] * turned[:, 0]
    angle = torch.atan2(cross, (mean * turned).sum(1))
    assert angle.abs().max() <= noise / 2
    assert angle.mean().abs() < 4 * noise / (12 * 20_000) ** 0.5
    assert angle.var() == pytest.approx(noise**2 / 12, rel=0.03)


def test_in_space_the_new_heading_is_uniform_in_a_cone():
    world, noise = flock(20_000, dimensions=3, box=60.0), 2.0
    mean = flown(world, Vicsek("birds", noise=0.0))["birds"]["heading"]
    turned = flown(world, Vicsek("birds", noise=noise))["birds"]["heading"]
    along = (mean * turned).sum(1)
    assert along.min() >= cos(noise / 2) - 1e-9
    # Uniform on the cap: the height along the axis is uniform too.
    unit = (1 - along) / (1 - cos(noise / 2))
    assert unit.mean() == pytest.approx(0.5, abs=0.01) and unit.var() == pytest.approx(
        1 / 12, rel=0.03
    )
    assert (turned.norm(dim=1) - 1).abs().max() < 1e-12


@pytest.mark.parametrize("dimensions", [2, 3])
def test_full_noise_forgets_the_mean(dimensions):
    world = flock(20_000, dimensions=dimensions, box=60.0)
    world = world.with_state("birds", heading=torch.eye(dimensions).double()[0].expand(20_000, -1))
    turned = flown(world, Vicsek("birds", noise=tau))["birds"]["heading"]
    assert turned.mean(0).abs().max() < 4 / 20_000**0.5


def test_vectorial_noise_blurs_a_lone_bird_wholly_and_a_crowd_by_its_strength():
    crowd = flock(2000, box=1.0)
    crowd = crowd.with_state("birds", heading=torch.eye(2).double()[0].expand(2000, -1))
    turned = flown(crowd, Vicsek("birds", radius=2.0, noise=0.4, kind="vectorial"))["birds"][
        "heading"
    ]
    angle = torch.atan2(turned[:, 1], turned[:, 0])
    # arg(1 + 0.4 e^{i zeta}) stays within arcsin 0.4.
    assert angle.abs().max() <= 0.41152 and angle.abs().max() > 0.4
    lone = flock(2000, box=1000.0)
    lone = lone.with_state("birds", heading=torch.eye(2).double()[0].expand(2000, -1))
    turned = flown(lone, Vicsek("birds", radius=0.01, noise=1.0, kind="vectorial"))["birds"][
        "heading"
    ]
    assert torch.atan2(turned[:, 1], turned[:, 0]).abs().max() > 0.99 * pi / 2


def test_headings_stay_of_length_one_and_positions_in_the_box():
    world = flown(flock(300, 2, dtype=torch.float32), Vicsek("birds", speed=0.3, noise=2.0), 50)
    birds = world["birds"]
    assert (birds["heading"].norm(dim=1) - 1).abs().max() < 1e-6
    assert birds["position"].min() >= 0 and birds["position"].max() < 4.0
    assert birds["heading"].dtype == torch.float32


def test_the_world_that_was_given_stays_as_it_was():
    world = flock()
    before = {name: column.clone() for name, column in world["birds"].state.items()}
    flown(world, Vicsek("birds", speed=0.3))
    assert all(torch.equal(before[name], world["birds"][name]) for name in before)


def test_replica_zero_flies_as_a_single_run_does():
    rule = Vicsek("birds", noise=1.0, speed=0.1)
    three, one = flown(flock(40, 3), rule, 10)["birds"], flown(flock(40, 1), rule, 10)["birds"]
    assert torch.equal(three["position"][:40], one["position"])
    assert not torch.equal(three["position"][40:80], one["position"])


def test_chance_follows_seed_and_step():
    rule = Vicsek("birds", noise=1.0)
    assert torch.equal(
        flown(flock(), rule, 3)["birds"]["heading"], flown(flock(), rule, 3)["birds"]["heading"]
    )
    lone = flock(1, box=100.0)
    first, second = flown(lone, rule), flown(lone, rule, 2)
    one = first["birds"]["heading"] - lone["birds"]["heading"]
    two = second["birds"]["heading"] - first["birds"]["heading"]
    assert not torch.allclose(one, two)


def test_opposite_headings_that_cancel_stay_as_they_were():
    world = flock(2)
    opposite = torch.tensor([[1.0, 0.0], [-1.0, 0.0]], dtype=torch.float64)
    world = world.with_state("birds", heading=opposite)
    after = flown(world, Vicsek("birds", radius=9.0, noise=0.0))["birds"]["heading"]
    assert torch.equal(after, opposite)


def test_too_much_noise_is_refused():
    with pytest.raises(ScenarioError, match=r"S-RANGE noise = 2 with 'kind: vectorial'\n.*0 to 1"):
        Vicsek("birds", noise=2.0, kind="vectorial")


def test_birds_that_are_nowhere_are_refused():
    world = flock()
    for space in (None,):
        with pytest.raises(ScenarioError, match=r"rules\.fly: no 'space' in the scenario"):
            flown(World(world.draws, world.populations, space=space), Vicsek("birds"))
    bare = World(world.draws, {"birds": Population("birds", 3)}, space=world.space)
    with pytest.raises(StateError, match="no column 'position'"):
        flown(bare, Vicsek("birds"))
    flat = World(world.draws, world.populations, space=Space(3, 4.0))
    with pytest.raises(ShapeError) as caught:
        flown(flat, Vicsek("birds"))
    assert "populations.birds.state.position: shape (2,) for each agent" in str(caught.value)
    assert "expected: (3,), the dimensions of the space" in str(caught.value)
