"""Memories beyond Hopfield (1982): dense, exponential, continuous and graded ones.

Patterns are drawn by NumPy, wrong bits counted here.
"""

from math import erfc, exp, sqrt
from typing import Literal

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from netware.models.memories.dense_memory import DenseMemory
from netware.models.memories.exponential_memory import ExponentialMemory
from netware.models.memories.graded_hopfield import GradedHopfield
from netware.models.memories.memory import AbstractSpinMemory
from netware.models.memories.modern_hopfield import ModernHopfield
from netware.rules.memory.asynchronous_recall import swept


def signs(shape: tuple[int, ...], seed: int) -> Tensor:
    drawn = np.random.default_rng(seed).integers(0, 2, shape)
    return torch.from_numpy(drawn).float() * 2 - 1


def one_step_error(model: AbstractSpinMemory, patterns: int, neurons: int, sets: int, seed: int):
    """Returns the share of wrong bits after one update of all stored patterns of some sets."""
    wrong = [
        float((model.forward({"patterns": xi}, xi, {}) != xi).float().mean())
        for xi in (signs((1, patterns, neurons), 100 * seed + each) for each in range(sets))
    ]
    return sum(wrong) / sets


# --- KH-1: n = 3, N = 100.


@pytest.mark.t1
@pytest.mark.parametrize(
    ("patterns", "expected", "band"), [(723, 0.0159, 3e-3), (1447, 0.0645, 6e-3)]
)
def test_kh_1_the_error_of_one_step_at_power_three(patterns, expected, band):
    theory = 0.5 * erfc(sqrt(100**2 / (2 * 3 * patterns)))
    assert theory == pytest.approx(expected, abs=1e-3)
    found = one_step_error(DenseMemory(100, patterns), patterns, 100, sets=4, seed=1)
    assert found == pytest.approx(expected, abs=band)


@pytest.mark.t1
def test_kh_1_few_patterns_are_free_of_error_at_power_three_and_not_at_power_two():
    assert one_step_error(DenseMemory(100, 180), 180, 100, sets=10, seed=2) < 5e-4
    assert one_step_error(DenseMemory(100, 180, 2), 180, 100, sets=10, seed=2) > 0.1


@pytest.mark.t1
@pytest.mark.parametrize("alpha", [0.185, 0.37, 0.61])
def test_kh_1_power_two_has_the_error_of_a_hopfield_network(alpha):
    patterns = round(alpha * 1000)
    found = one_step_error(DenseMemory(1000, patterns, 2), patterns, 1000, sets=2, seed=3)
    assert found == pytest.approx(0.5 * erfc(1 / sqrt(2 * alpha)), rel=0.12)


@pytest.mark.t1
@pytest.mark.parametrize("interaction", ["polynomial", "rectified"])
def test_kh_1_updates_one_by_one_never_raise_the_energy(interaction):
    model = DenseMemory(60, 100, 3, interaction)
    weights, s = {"patterns": signs((5, 100, 60), 4).double()}, signs((5, 60), 5).double()
    generator, flips = np.random.default_rng(6), 0
    for _ in range(6):
        order = torch.from_numpy(generator.permuted(np.tile(np.arange(60), (5, 1)), axis=1))
        after = swept(model, weights, s, torch.zeros_like(s), order)
        energy = by_hand(interaction, weights["patterns"], s)
        for unit in order.T[:, :, None]:
            s = s.scatter(1, unit, after.gather(1, unit))
            now = by_hand(interaction, weights["patterns"], s)
            flips += int((now != energy).sum())
            assert float((now - energy).max()) <= 1e-9
            energy = now
    assert flips > 50


def by_hand(interaction: str, xi: Tensor, s: Tensor) -> Tensor:
    sums = (xi * s[:, None]).sum(2) / 60
    sums = sums.clamp(min=0) if interaction == "rectified" else sums
    return -(sums**3).sum(1) * 60 / 3


# --- EXP-1: N = 30, P = exp(0.3 N) = 8103.


@pytest.mark.t1
def test_exp_1_thirty_units_hold_eight_thousand_patterns():
    assert round(exp(0.3 * 30)) == 8103
    xi = signs((1, 8103, 30), 7)
    weights, shown = {"patterns": xi}, xi[:, :40]
    assert torch.equal(ExponentialMemory(30, 8103).forward(weights, shown, {}), shown)
    wrong = DenseMemory(30, 8103, 2).forward(weights, shown, {}) != shown
    assert float(wrong.float().mean()) > 0.4


@pytest.mark.t1
@pytest.mark.parametrize(("alpha", "rho", "mends"), [(0.08, 0.1, True), (0.3, 0.3, False)])
def test_exp_1_noisy_cues_are_mended_below_the_bound_and_lost_where_others_are_nearer(
    alpha, rho, mends
):
    """alpha < I(1 - 2 rho) / 2 = 0.184 mends; at rho = 0.3 and alpha = 0.3 > I(0.4) = 0.082 there
    are many patterns nearer to the cue than the one it was made from."""
    generator = np.random.default_rng(8)
    xi = signs((1, round(exp(alpha * 30)), 30), 9)
    target = xi[:, :200]
    cue = target.clone()
    for row in cue[0]:
        row[torch.from_numpy(generator.permutation(30)[: round(30 * rho)])] *= -1
    found = ExponentialMemory(30, xi.shape[1]).forward({"patterns": xi}, cue, {})
    mended = float((found == target).all(2).float().mean())
    assert mended > 0.9 if mends else mended < 0.1


# --- MHN-1.


def continuous(shape: tuple[int, ...], seed: int) -> Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(size=shape))


@pytest.mark.t0
@pytest.mark.parametrize("beta", [1 / 8, 1.0])
def test_mhn_1_an_update_is_attention(beta):
    x, q = continuous((3, 40, 64), 10).float(), continuous((3, 7, 64), 11).float()
    found = ModernHopfield(64, 40, beta).forward({"patterns": x}, q, {})
    expected = scaled_dot_product_attention(q, x, x, scale=beta)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-5)


@pytest.mark.t0
def test_mhn_1_the_energy_falls_and_lies_within_its_bounds():
    for beta in (0.05, 0.3, 1.0):
        x = continuous((1, 50, 16), 12)
        longest = float(x.norm(dim=2).max())
        s = continuous((1, 100, 16), 13)
        s = s / s.norm(dim=2, keepdim=True) * longest * torch.linspace(0, 1, 100)[None, :, None]
        model = ModernHopfield(16, 50, beta)
        energy = model.energy({"patterns": x}, s)
        for _ in range(10):
            assert float(energy.min()) >= -1e-9 and float(energy.max()) <= 2 * longest**2
            s = model.forward({"patterns": x}, s, {})
            after = model.energy({"patterns": x}, s)
            assert float((after - energy).max()) <= 1e-5
            energy = after


@pytest.mark.t0
def test_mhn_1_a_thousand_patterns_are_found_at_beta_one_and_blurred_at_a_twentieth():
    x = continuous((1, 1000, 64), 14)
    x = 8 * x / x.norm(dim=2, keepdim=True)
    cue = x[:, :20] + 0.3 * continuous((1, 20, 64), 15)
    for beta, many in ((1.0, 20), (0.05, 0)):
        model, s = ModernHopfield(64, 1000, beta), cue
        for _ in range(3):
            s = model.forward({"patterns": x}, s, {})
        assert int(((s - x[:, :20]).norm(dim=2) < 0.5).sum()) == many


# --- Graded responses (Hopfield 1984): the flow lowers the energy; a step too long does not.


def graded_rises(interval: float, solver: Literal["rk4", "euler"]) -> float:
    model = GradedHopfield(200, 12, gain=5.0, interval=interval, solver=solver)
    weights, u = {"patterns": signs((4, 12, 200), 16).double()}, continuous((4, 3, 200), 17)
    energy, most = model.energy(weights, u), -float("inf")
    for _ in range(60):
        u = model.forward(weights, u, {})
        after = model.energy(weights, u)
        most, energy = max(most, float((after - energy).max())), after
    return most


@pytest.mark.t0
def test_hop_graded_energy_never_rises_along_the_flow():
    assert graded_rises(0.1, "rk4") < 1e-9
    assert graded_rises(0.01, "euler") < 1e-9


@pytest.mark.t0
def test_hop_graded_energy_rises_where_a_step_is_longer_than_the_time_constant_allows():
    assert graded_rises(2.5, "euler") > 1e-3
