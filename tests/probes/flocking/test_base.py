import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.population import Population
from netware.probes.flocking.base import mean_powers
from netware.probes.flocking.binder_cumulant import BinderCumulant
from netware.probes.flocking.susceptibility import Susceptibility
from netware.world import World


def test_sums_become_means_of_each_replica():
    sums = torch.tensor([[2.0, 1.0, 0.6, 0.2], [4.0, 4.0, 4.0, 4.0]]).repeat_interleave(3, 0)
    birds = Population("birds", 3, 2, state={"moments": sums})
    means = [mean.tolist() for mean in mean_powers(birds, "moments")]
    assert means == [pytest.approx([0.5, 1.0]), pytest.approx([0.3, 1]), pytest.approx([0.1, 1])]


def test_before_the_first_there_is_no_number_and_other_columns_are_refused():
    birds = Population("birds", 3, state={"moments": torch.zeros(3, 4), "x": torch.zeros(3)})
    assert all(mean.isnan().all() for mean in mean_powers(birds, "moments"))
    for probe in (BinderCumulant("birds", "x"), Susceptibility("birds", "x")):
        with pytest.raises(ScenarioError, match=r"(?s)'x' of shape \(\).*order_moments"):
            probe.read(World(Draws.of(1), {"birds": birds}))
