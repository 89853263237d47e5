"""Dense memory: fields against differences of an energy written out, and what n = 2 is."""

import numpy as np
import pytest
import torch
from torch import Tensor

from netware.models.memories.dense_memory import DenseMemory
from netware.models.memories.hopfield import Hopfield
from netware.models.memories.memory import sums_of


def spins(shape: tuple[int, ...], seed: int, dtype=torch.float64) -> Tensor:
    drawn = np.random.default_rng(seed).integers(0, 2, shape)
    return torch.from_numpy(drawn).to(dtype) * 2 - 1


def energy_by_hand(model: DenseMemory, xi: Tensor, s: Tensor) -> float:
    total = 0.0
    for pattern in xi:
        share = float(pattern @ s) / model.neurons
        if model.interaction == "rectified":
            share = max(share, 0.0)
        total -= model.neurons / model.power * share**model.power
    return total


@pytest.mark.parametrize("interaction", ["polynomial", "rectified"])
@pytest.mark.parametrize("power", [2, 3, 4, 7])
def test_the_field_is_half_of_what_a_flip_costs(interaction, power):
    model = DenseMemory(12, 9, power, interaction)
    xi, s = spins((3, 9, 12), 1), spins((3, 2, 12), 2)
    weights = model.learned(xi)
    field, energy = model.local_fields(weights)(s), model.energy(weights, s)
    for agent in range(3):
        for sample in range(2):
            state = s[agent, sample]
            assert float(energy[agent, sample]) == pytest.approx(
                energy_by_hand(model, xi[agent], state)
            )
            for unit in range(12):
                up, down = state.clone(), state.clone()
                up[unit], down[unit] = 1, -1
                cost = energy_by_hand(model, xi[agent], down) - energy_by_hand(model, xi[agent], up)
                assert float(field[agent, sample, unit]) == pytest.approx(cost / 2, abs=1e-12)


@pytest.mark.parametrize("interaction", ["polynomial", "rectified"])
def test_the_field_on_one_unit_is_that_unit_of_the_whole_field(interaction):
    model = DenseMemory(20, 30, 3, interaction)
    weights, s = model.learned(spins((6, 30, 20), 3)), spins((6, 20), 4)
    s[:3] *= 0.4
    unit, every = torch.tensor([0, 19, 7, 7, 3, 12]), torch.arange(6)
    sums = sums_of(weights, s[:, None])[:, 0]
    xi = weights["patterns"][every, :, unit]
    found = model.unit_fields(weights)(unit, s[every, unit], xi, sums)
    torch.testing.assert_close(found, model.local_fields(weights)(s[:, None])[every, 0, unit])


def test_power_two_is_a_hopfield_network_with_a_constant_in_its_energy():
    dense, hopfield = DenseMemory(30, 5, 2), Hopfield(30, 5)
    xi = spins((4, 5, 30), 5)
    s = torch.randn((4, 3, 30), generator=torch.Generator().manual_seed(6), dtype=torch.float64)
    weights = {"patterns": xi}
    torch.testing.assert_close(
        dense.local_fields(weights)(s), hopfield.local_fields(weights)(s), rtol=0, atol=1e-10
    )
    difference = hopfield.energy(weights, s.sign()) - dense.energy(weights, s.sign())
    torch.testing.assert_close(difference, torch.full_like(difference, 2.5))


def test_an_even_power_takes_the_inverse_of_a_pattern_for_the_pattern_and_rectified_does_not():
    xi = spins((1, 1, 40), 7)
    for model, same in (
        (DenseMemory(40, 1, 4, "polynomial"), True),
        (DenseMemory(40, 1, 4, "rectified"), False),
    ):
        energy = model.energy(model.learned(xi), torch.cat([xi, -xi], 1))[0]
        assert bool(energy[0] == energy[1]) == same


def test_single_precision_decides_as_double_precision_does():
    model = DenseMemory(200, 500, 4)
    xi = spins((2, 500, 200), 8)
    exact = model.local_fields({"patterns": xi})(xi[:, :50])
    rounded = model.local_fields({"patterns": xi.float()})(xi[:, :50].float())
    torch.testing.assert_close(rounded.double(), exact, rtol=0, atol=1e-4)
