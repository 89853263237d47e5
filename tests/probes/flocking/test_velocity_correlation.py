import pytest
import torch

from netware.errors import ScenarioError
from netware.probes.flocking.velocity_correlation import VelocityCorrelation
from tests.rules.flocking.birds import swarm


@pytest.mark.parametrize("periodic", [True, False])
def test_it_is_the_mean_over_pairs_by_hand(periodic):
    world = swarm(30, 2, 2, periodic=periodic)
    read = VelocityCorrelation("birds", 2.0, 4).read(world)
    for replica in range(2):
        x = world.per_replica(world["birds"]["position"])[replica]
        v = world.per_replica(world["birds"]["velocity"])[replica]
        apart = v - v.mean(0)
        distance = world.space.displacement(x[None] - x[:, None]).norm(dim=2)
        product = apart @ apart.T
        for ring in range(4):
            inside = (distance > ring * 0.5) & (distance <= (ring + 1) * 0.5)
            expected = product[inside].mean() / apart.square().sum(1).mean()
            assert read["correlation"][replica, ring].item() == pytest.approx(expected.item())
    assert read["distance"][1].tolist() == [0.25, 0.75, 1.25, 1.75]


def test_the_length_is_where_alike_turns_into_unlike():
    world = swarm(600, 2, 1, box=10.0, periodic=True)
    phase = world["birds"]["position"][:, :1] * (2 * torch.pi / 10)
    wave = torch.cat([phase.cos(), phase.sin()], 1)
    read = VelocityCorrelation("birds", 5.0, 20).read(world.with_state("birds", velocity=wave))
    # The mean of cos(2 pi r cos(a) / 10) over all a is J0(2 pi r / 10), which is 0 at r = 3.83.
    assert read["length"].item() == pytest.approx(3.83, abs=0.25)
    assert read["correlation"][0, 0] > 0.9
    chance = VelocityCorrelation("birds", 5.0, 20).read(world)["correlation"]
    assert chance.abs().max() < 0.2


def test_single_numbers_are_refused():
    world = swarm(4).with_state("birds", x=torch.ones(4))
    with pytest.raises(ScenarioError, match=r"VelocityCorrelation\.state: 'x' of shape \(\)"):
        VelocityCorrelation("birds", 1.0, state="x").read(world)
