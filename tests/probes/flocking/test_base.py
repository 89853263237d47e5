import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.population import Population
from netware.probes.flocking.base import mean_powers, no_powers, with_powers
from netware.probes.flocking.binder_cumulant import BinderCumulant
from netware.probes.flocking.susceptibility import Susceptibility
from netware.world import World
from tests.rules.flocking.birds import swarm


def test_the_powers_of_the_order_parameter_are_added_and_become_means_of_each_replica():
    sums, each = no_powers(swarm(20, replicas=2)["birds"]), []
    for seed in range(3):
        birds = swarm(20, replicas=2, seed=seed)["birds"]
        sums = with_powers(birds, "velocity", sums)
        unit = birds["velocity"] / birds["velocity"].norm(dim=1, keepdim=True)
        each.append(unit.view(2, 20, 2).mean(1).norm(dim=1))
    assert sums["steps"].tolist() == [3, 3]
    phi = torch.stack(each).double()
    for found, power in zip(mean_powers(sums), (1, 2, 4), strict=True):
        assert (found - phi.pow(power).mean(0)).abs().max() < 1e-12


def test_who_stands_still_heads_nowhere():
    world = swarm(4)
    still = world.with_state("birds", velocity=world["birds"]["velocity"] * 0)["birds"]
    sums = with_powers(still, "velocity", no_powers(still))
    assert [values.tolist() for values in sums.values()] == [[1], [0], [0], [0]]


def test_before_the_first_there_is_no_number_and_other_columns_are_refused():
    birds = Population("birds", 3, state={"x": torch.zeros(3)})
    assert all(mean.isnan().all() for mean in mean_powers(no_powers(birds)))
    for probe in (BinderCumulant("birds", "x"), Susceptibility("birds", "x")):
        with pytest.raises(ScenarioError, match=r"(?s)'x' of shape \(\).*'heading' or 'velocity'"):
            probe.begin(World(Draws.of(1), {"birds": birds}))
