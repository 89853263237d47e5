import pytest
import torch

from netware.probes.flocking.binder_cumulant import BinderCumulant
from tests.probes.histories import read_each, steps_of
from tests.rules.flocking.birds import swarm


def cumulant(velocities: list[torch.Tensor], replicas: int) -> torch.Tensor:
    world = swarm(len(velocities[0]) // replicas, replicas=replicas)
    worlds = steps_of(world, "birds", "velocity", [velocities[0], *velocities])
    return read_each(BinderCumulant("birds", "velocity"), worlds)[-1]["binder_cumulant"]


def chance(seed: int, agents: int, dimensions: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(agents, dimensions, generator=generator, dtype=torch.float64)


def test_order_gives_two_thirds_and_chance_in_the_plane_one_third():
    ahead = torch.ones(400, 2, dtype=torch.float64)
    assert cumulant([ahead] * 3, 2).tolist() == pytest.approx([2 / 3] * 2)
    drawn = [chance(seed, 200 * 50, 2) for seed in range(60)]
    assert cumulant(drawn, 50).mean() == pytest.approx(1 / 3, abs=0.03)


def test_order_and_disorder_in_turns_fall_below_either():
    # Of four moments one is in order: 1 - (1/4) / (3 / 16) = -1/3, up to the chance of the others.
    ahead = torch.ones(10_000, 2, dtype=torch.float64)
    mixed = [ahead, *(chance(seed, 10_000, 2) for seed in range(3))]
    assert cumulant(mixed, 1).item() == pytest.approx(-1 / 3, abs=0.02)
