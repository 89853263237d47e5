"""Exponential memory: fields against an energy written out, and sums that would overflow."""

import numpy as np
import pytest
import torch
from torch import Tensor

from netware.models.memories.exponential_memory import ExponentialMemory
from netware.models.memories.memory import sums_of


def spins(shape: tuple[int, ...], seed: int, dtype=torch.float64) -> Tensor:
    drawn = np.random.default_rng(seed).integers(0, 2, shape)
    return torch.from_numpy(drawn).to(dtype) * 2 - 1


def test_the_field_is_half_of_what_a_flip_costs():
    model = ExponentialMemory(10, 25)
    xi, s = spins((3, 25, 10), 1), spins((3, 2, 10), 2)
    weights = model.learned(xi)
    field = model.local_fields(weights)(s)
    for agent, sample, unit in np.ndindex(3, 2, 10):
        both = s[agent, sample].repeat(2, 1)
        both[0, unit], both[1, unit] = 1, -1
        up, down = -np.log(np.exp(both.numpy() @ xi[agent].numpy().T).sum(1))
        assert float(field[agent, sample, unit]) == pytest.approx((down - up) / 2, abs=1e-12)
    expected = -np.log(np.exp(s[0, 0].numpy() @ xi[0].numpy().T).sum())
    assert float(model.energy(weights, s)[0, 0]) == pytest.approx(expected)


def test_a_real_state_has_the_field_of_its_definition():
    model = ExponentialMemory(10, 25)
    xi = spins((1, 25, 10), 3)
    s = torch.randn((1, 1, 10), generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    others = sums_of({"patterns": xi}, s)[0, 0][:, None] - xi[0] * s[0, 0]
    expected = 0.5 * ((others + xi[0]).logsumexp(0) - (others - xi[0]).logsumexp(0))
    torch.testing.assert_close(model.local_fields({"patterns": xi})(s)[0, 0], expected)


def test_the_field_on_one_unit_is_that_unit_of_the_whole_field():
    model = ExponentialMemory(20, 30)
    weights, s = model.learned(spins((6, 30, 20), 5)), spins((6, 20), 6)
    unit, every = torch.tensor([0, 19, 7, 7, 3, 12]), torch.arange(6)
    sums = sums_of(weights, s[:, None])[:, 0]
    xi = weights["patterns"][every, :, unit]
    found = model.unit_fields(weights)(unit, s[every, unit], xi, sums)
    torch.testing.assert_close(found, model.local_fields(weights)(s[:, None])[every, 0, unit])


def test_a_thousand_units_do_not_overflow_and_a_far_cue_is_still_mended():
    """exp(1000) is beyond float32, and exp(m - N) is 0 for a cue with a tenth of its signs lost."""
    model = ExponentialMemory(1000, 200)
    xi = spins((1, 200, 1000), 7, torch.float32)
    cue = xi[:, :20].clone()
    cue[:, :, :100] *= -1
    weights = model.learned(xi)
    assert bool(model.energy(weights, cue).isfinite().all())
    assert torch.equal(model.forward(weights, cue, {}), xi[:, :20])
