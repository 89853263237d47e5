"""BOI, CSM and OSF: boids, Cucker-Smale flocks and alpha-lattices at their published numbers."""

from dataclasses import replace
from math import pi

import numpy as np
import pytest
import torch

from netware.rules.base import Acting
from netware.rules.flocking.cucker_smale import CuckerSmale
from netware.rules.flocking.lattice import action, sigma_norm, sigma_of
from netware.rules.flocking.olfati_saber import OlfatiSaber
from netware.rules.flocking.reynolds import Reynolds
from netware.world import World
from tests.rules.flocking.birds import birds, flown, swarm, turn_of


FREE = Reynolds("birds", radius=2.0, crowding=1.0, fastest=1e6)


@pytest.mark.t0
@pytest.mark.parametrize("dimensions", [2, 3])
def test_boi_1_boids_shifted_and_turned_fly_shifted_and_turned(dimensions) -> None:
    world = swarm(40, dimensions, seed=int(np.random.default_rng(dimensions).integers(1000)))
    shift = torch.arange(dimensions, dtype=torch.float64) * 7 - 30
    rotation = turn_of(dimensions)
    x, v = world["birds"]["position"], world["birds"]["velocity"]
    turned = world.with_state("birds", position=x @ rotation + shift, velocity=v @ rotation)
    straight, moved = (flown(one, FREE, 30)["birds"] for one in (world, turned))
    assert (straight["position"] @ rotation + shift - moved["position"]).abs().max() < 1e-8
    assert (straight["velocity"] @ rotation - moved["velocity"]).abs().max() < 1e-8
    # Control: they do not fly straight, so the comparison means something.
    assert (straight["velocity"] - v).abs().max() > 0.1


@pytest.mark.t0
def test_boi_1_a_boid_with_nobody_near_flies_straight() -> None:
    place = torch.tensor([[0.0, 0.0], [50.0, 50.0]])
    velocity = torch.tensor([[0.3, -0.2], [-0.1, 0.5]])
    after = flown(birds(place, velocity), FREE, 100)["birds"]
    start = birds(place, velocity)["birds"]
    assert torch.equal(after["velocity"], start["velocity"])
    assert (after["position"] - start["position"] - 10 * start["velocity"]).abs().max() < 1e-12


@pytest.mark.t0
def test_boi_1_each_wish_alone_does_what_it_wishes() -> None:
    only = {
        wish: replace(FREE, **{"separation": 0.0, "alignment": 0.0, "cohesion": 0.0, wish: 0.4})
        for wish in ("separation", "alignment", "cohesion")
    }
    world = swarm(60, box=8.0, periodic=True, seed=3)

    def order(one: World) -> float:
        v = one["birds"]["velocity"]
        return float((v / v.norm(dim=1, keepdim=True)).mean(0).norm())

    assert order(flown(world, only["alignment"], 600)) > 0.99
    assert order(flown(world, only["cohesion"], 600)) < 0.9

    still = swarm(40, box=1.5, seed=4)
    still = still.with_state("birds", velocity=still["birds"]["velocity"] * 0)

    def gyration(one: World) -> float:
        x = one["birds"]["position"]
        return float((x - x.mean(0)).square().sum(1).mean().sqrt())

    def nearest(one: World) -> float:
        x = one["birds"]["position"]
        return float((torch.cdist(x, x) + 1e9 * torch.eye(len(x))).min())

    together, apart = (flown(still, only[wish], 10) for wish in ("cohesion", "separation"))
    assert gyration(together) < 0.9 * gyration(still) < gyration(apart)
    assert nearest(apart) > 2 * nearest(still) > nearest(together)


def pair(r0: float, w0: list[float], beta: float, dt: float, time: float) -> World:
    """Two birds r0 apart in a line, one flying away at w0: one replica for each w0."""
    place = torch.tensor([[0.0, 0.0], [r0, 0.0]]).repeat(len(w0), 1)
    velocity = torch.tensor([[[0.0, 0.0], [w, 0.0]] for w in w0]).flatten(0, 1)
    world = birds(place, velocity.double(), len(w0), dt=dt)
    return flown(world, CuckerSmale("birds", 1.0, beta), round(time / dt))


def apart(world: World, column: str) -> list[float]:
    one, other = world.per_replica(world["birds"][column]).unbind(1)
    return (other - one)[:, 0].tolist()


@pytest.mark.t1
def test_csm_1_two_birds_flock_below_the_critical_speed_and_part_above_it() -> None:
    critical = pi / 2 - np.arctan(0.5)
    assert critical == pytest.approx(1.107149, abs=1e-6)
    world = pair(0.5, [0.9 * critical, 1.1 * critical], 1.0, 0.25, 400.0)
    distance, speed = apart(world, "position"), apart(world, "velocity")
    assert distance[0] == pytest.approx(8.970, rel=0.02)
    assert distance[0] == pytest.approx(8.9953, rel=0.02)
    assert speed[1] == pytest.approx(0.1266, rel=0.02) and speed[1] > 0.110715
    assert abs(speed[0]) < 0.01
    # Below beta = 1/2 they flock however fast they part.
    slow = pair(0.5, [5.0], 0.25, 0.1, 60.0)
    assert apart(slow, "position")[0] == pytest.approx(11.169404, rel=0.02)
    assert abs(apart(slow, "velocity")[0]) < 1e-4


@pytest.mark.t1
@pytest.mark.parametrize("radius", [None, 2.0])
def test_csm_1_momentum_is_kept_and_velocities_never_spread(radius) -> None:
    world = swarm(30, 3, 3, box=4.0, seed=6)
    rule = CuckerSmale("birds", 2.0, 0.7, radius)
    start, spreads = world.per_replica(world["birds"]["velocity"]).mean(1), []
    for _ in range(150):
        v = world.per_replica(world["birds"]["velocity"])
        assert (v.mean(1) - start).abs().max() < 1e-9
        spreads.append((v - v.mean(1, keepdim=True)).square().sum((1, 2)))
        world = rule.apply(world, Acting("fly")).advanced()
    falls = torch.stack(spreads).diff(dim=0)
    assert (falls <= 1e-12).all() and (spreads[-1] < 0.9 * spreads[0]).all()


@pytest.mark.t0
def test_osf_1_the_smooth_norm_and_the_action_have_their_numbers() -> None:
    assert sigma_of(7.0, 0.1) == pytest.approx(14.2899156, abs=1e-6)
    assert sigma_of(8.4, 0.1) == pytest.approx(18.3830936, abs=1e-6)
    z = torch.tensor([sigma_of(7.0, 0.1)], dtype=torch.float64)
    assert action(z, sigma_of(8.4, 0.1), float(z), 0.2, 5.0, 5.0).abs().item() < 1e-12


def potential(x: torch.Tensor, a: float, b: float) -> float:
    """Half the sum over pairs of the integral of the action from d to their distance."""
    node, weight = np.polynomial.legendre.leggauss(200)
    r_alpha, d_alpha = sigma_of(8.4, 0.1), sigma_of(7.0, 0.1)
    total = 0.0
    for i in range(len(x)):
        for j in range(i):
            end = float(sigma_norm((x[i] - x[j]).square().sum(), 0.1))
            # Beyond the range the action is 0: the integral stops there.
            half = (min(end, r_alpha) - d_alpha) / 2
            z = torch.from_numpy(d_alpha + half * (node + 1))
            total += half * float(weight @ action(z, r_alpha, d_alpha, 0.2, a, b).numpy())
    return total


@pytest.mark.t0
@pytest.mark.parametrize(("a", "b"), [(5.0, 5.0), (2.0, 5.0)])
def test_osf_1_the_force_is_minus_the_gradient_of_the_potential(a, b) -> None:
    x = swarm(5, box=12.0, seed=8)["birds"]["position"]
    rule = OlfatiSaber("birds", c1_alpha=1.0, c1_gamma=0.0, a=a, b=b, method="euler")
    world = birds(x, torch.zeros_like(x), dt=1.0)
    force, small = flown(world, rule)["birds"]["velocity"], 1e-3
    assert force.abs().max() > 0.1
    for i in range(5):
        for axis in range(2):
            up, down = x.clone(), x.clone()
            up[i, axis] += small
            down[i, axis] -= small
            gradient = (potential(up, a, b) - potential(down, a, b)) / (2 * small)
            assert float(force[i, axis]) == pytest.approx(-gradient, abs=1e-4)


@pytest.mark.t0
def test_osf_1_two_at_rest_at_distance_8_settle_at_7_and_at_6_escape() -> None:
    place = torch.tensor([[0.0, 0.0], [8.0, 0.0], [0.0, 0.0], [6.0, 0.0]])
    rule = OlfatiSaber("birds", c1_alpha=1.0, c1_gamma=0.0)
    world = flown(birds(place, torch.zeros(4, 2), 2, dt=0.1), rule, 180)
    distance = apart(world, "position")
    assert distance[0] == pytest.approx(7.0, abs=0.02)
    assert distance[1] > 8.4


def lattices(c1_gamma: float, seed: int, time: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns where 50 agents are with a goal amid them, and how fast, in each of 8 replicas."""
    chance = torch.Generator().manual_seed(seed)
    x = 50 * torch.rand(400, 2, generator=chance, dtype=torch.float64)
    v = torch.randn(400, 2, generator=chance, dtype=torch.float64)
    rule = OlfatiSaber("birds", c1_gamma=c1_gamma, goal=(25.0, 25.0), method="euler")
    world = flown(birds(x, v, 8, dt=0.04), rule, round(time / 0.04))
    position, velocity = world["birds"]["position"], world["birds"]["velocity"]
    return world.per_replica(position), world.per_replica(velocity)


def distances(x: torch.Tensor) -> torch.Tensor:
    """Returns how far apart the agents of each replica are; far from themselves."""
    gap = (x[:, None] - x[:, :, None]).norm(dim=3)
    return gap + 1e9 * torch.eye(x.shape[1])


def ranks(near: torch.Tensor) -> torch.Tensor:
    """Returns the rank of each replica's Laplacian: agents less components."""
    laplacian = torch.diag_embed(near.sum(2)) - near.int()
    return torch.linalg.matrix_rank(laplacian.double())


@pytest.mark.t1
def test_osf_2_fifty_agents_settle_in_one_lattice() -> None:
    """In six replicas of eight or more: two agents may share a site, which is stable, or a link
    across the rim may be left long."""
    x, v = lattices(1.1, 12, 100.0)
    distance = distances(x)
    near = distance < 8.4
    assert (ranks(near) == 49).all()
    assert (near.sum((1, 2)) // 2 >= 100).all()
    shortest = distance.amin((1, 2))
    longest = distance.masked_fill(~near, 0.0).amax((1, 2))
    mismatch = (v - v.mean(1, keepdim=True)).norm(dim=2).amax(1)
    settled = (shortest >= 6.3) & (longest <= 7.4) & (mismatch < 1e-2)
    assert settled.sum() >= 6, (shortest, longest, mismatch)
    assert (shortest[settled] > 5).all()


@pytest.mark.t1
def test_osf_2_without_a_goal_the_flock_falls_apart() -> None:
    x, _ = lattices(0.0, 12, 30.0)
    assert (ranks(distances(x) < 8.4) < 49).all()
