"""Magnetisation: against spins counted by hand."""

import pytest
import torch

from netware.draws import Draws
from netware.edges import Edges
from netware.errors import ScenarioError
from netware.population import Population
from netware.probes.criticality.magnetisation import Magnetisation
from netware.world import World
from tests.probes.histories import read_each, steps_of


SPINS = [1.0, 1, 1, 1, -1, -1, -1, 1]


def world(heat: torch.Tensor) -> World:
    place = torch.arange(8).view(2, 4)
    source = torch.cat([place.roll(1, 1).flatten(), place.roll(-1, 1).flatten()])
    edges = Edges.from_pairs(source, place.flatten().repeat(2), 8, 8)
    them = Population("spins", 4, 2, state={"temperature": heat, "spin": torch.tensor(SPINS)})
    return World(Draws.of(1, 2), {"spins": them}, edges={"near": edges})


def test_order_energy_and_fluctuation_of_two_rings():
    heat = torch.tensor([2.0] * 4 + [0.5] * 4).double()
    turned = [SPINS, [-1.0] * 8, [1.0, -1, 1, -1, 1, 1, 1, 1], SPINS]
    worlds = steps_of(world(heat), "spins", "spin", turned)
    read = read_each(Magnetisation("spins", "near", coupling=2.0, field=0.5, warmup=1), worlds)
    assert read[-1]["magnetisation"].tolist() == [1.0, -0.5]
    assert read[-1]["absolute"].tolist() == [1.0, 0.5]
    # Four bonds of energy -2 and four spins in the field; two bonds of each sign, three down.
    assert read[-1]["energy"].tolist() == [-2.5, 0.25]
    # |m| = 0 and 1 in the first ring, 1 and 1/2 in the second: step 1 is left out.
    assert read[-1]["susceptibility"].tolist() == pytest.approx([4 * 0.25 / 2, 4 * 0.0625 / 0.5])
    assert all(one["susceptibility"].isnan().all() for one in read[:-1])


def test_columns_of_another_shape_are_refused():
    with pytest.raises(ScenarioError, match=r"temperature' of shape \(3,\) for each agent"):
        Magnetisation("spins", "near").begin(world(torch.zeros(8, 3)))
