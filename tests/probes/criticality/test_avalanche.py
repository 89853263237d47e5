"""Avalanche: sizes and shares against counts by hand."""

import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.measures.power_law import exponent
from netware.population import Population
from netware.probes.criticality.avalanche import Avalanche
from netware.world import World


def test_sizes_shares_and_exponent_of_two_replicas():
    counts = torch.tensor([6, 2, 1, 0, 1, 0, 0, 0, 0, 0])
    firings = torch.tensor([1.0, 0, 2, 0, 0, 0, 0, 0, 0, 0])
    state = {"avalanches": counts, "firings": firings}
    world = World(Draws.of(1, 2), {"units": Population("units", 5, 2, state=state)})
    read = Avalanche("units", largest=4).read(world)
    assert read["size"].tolist() == [3.0, 0.0]
    assert read["number"].tolist() == [10.0, 0.0]
    assert float(read["spanning"][0]) == pytest.approx(0.1)
    torch.testing.assert_close(read["share"][0], counts[:5] / 10)
    assert float(read["exponent"][0]) == pytest.approx(float(exponent(counts[:4], 2, 4)))
    assert all(bool(read[name][1].isnan().all()) for name in ("spanning", "share", "exponent"))


def test_the_last_entry_is_no_size_and_does_not_bend_the_exponent():
    def found(last: int) -> float:
        state = {"avalanches": torch.tensor([9, 4, 2, last]), "firings": torch.zeros(4)}
        world = World(Draws.of(1), {"units": Population("units", 4, state=state)})
        return float(Avalanche("units", largest=60).read(world)["exponent"][0])

    assert found(0) == found(50)


def test_a_range_without_sizes_is_refused():
    with pytest.raises(ScenarioError, match="smallest: 9, largest: 9"):
        Avalanche("units", smallest=9, largest=9)
