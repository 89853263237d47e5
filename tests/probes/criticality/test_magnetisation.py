"""Magnetisation: against spins counted by hand."""

import pytest
import torch

from netware.draws import Draws
from netware.edges import Edges
from netware.errors import ScenarioError
from netware.population import Population
from netware.probes.criticality.magnetisation import Magnetisation
from netware.world import World


def world(moments: torch.Tensor) -> World:
    place = torch.arange(8).view(2, 4)
    source = torch.cat([place.roll(1, 1).flatten(), place.roll(-1, 1).flatten()])
    edges = Edges.from_pairs(source, place.flatten().repeat(2), 8, 8)
    spins = torch.tensor([1.0, 1, 1, 1, -1, -1, -1, 1])
    them = Population("spins", 4, 2, state={"spin": spins, "moments": moments})
    return World(Draws.of(1, 2), {"spins": them}, edges={"near": edges})


def test_order_energy_and_fluctuation_of_two_rings():
    moments = torch.tensor([[4.0, 2.0, 1.5, 2.0]] * 4 + [[1.0, 0.5, 0.25, 2.0]] * 4).double()
    read = Magnetisation("spins", "near", coupling=2.0, field=0.5).read(world(moments))
    assert read["magnetisation"].tolist() == [1.0, -0.5]
    assert read["absolute"].tolist() == [1.0, 0.5]
    # Four bonds of energy -2 and four spins in the field; two bonds of each sign, three down.
    assert read["energy"].tolist() == [-2.5, 0.25]
    assert float(read["susceptibility"][0]) == pytest.approx(4 * (1.5 / 4 - 0.25) / 2)
    assert bool(read["susceptibility"][1].isnan())


def test_columns_of_another_shape_are_refused():
    with pytest.raises(ScenarioError, match=r"moments' of shape \(3,\) for each agent"):
        Magnetisation("spins", "near").read(world(torch.zeros(8, 3)))
