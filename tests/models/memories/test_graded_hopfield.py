"""Graded Hopfield network: the flow against SciPy, its energy, and the gain it needs."""

import numpy as np
import pytest
import torch
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq

from netware.models.memories.graded_hopfield import GradedHopfield


def spins(shape: tuple[int, ...], seed: int) -> torch.Tensor:
    drawn = np.random.default_rng(seed).integers(0, 2, shape)
    return torch.from_numpy(drawn).double() * 2 - 1


def couplings(xi: np.ndarray) -> np.ndarray:
    learned = xi.T @ xi / xi.shape[1]
    np.fill_diagonal(learned, 0)
    return learned


def advanced(model: GradedHopfield, xi: torch.Tensor, u: torch.Tensor, updates: int):
    for _ in range(updates):
        u = model.forward({"patterns": xi}, u, {})
    return u


def test_it_follows_the_flow_and_rk4_does_so_to_fourth_order():
    xi, u = spins((1, 3, 20), 1), spins((1, 1, 20), 2) * 0.3
    matrix = couplings(xi[0].numpy())
    exact = solve_ivp(
        lambda _, x: (matrix @ np.tanh(2 * x) - x) / 0.5, (0, 1), u[0, 0], rtol=1e-12, atol=1e-12
    ).y[:, -1]
    errors = {}
    for solver in ("rk4", "euler"):
        for steps in (10, 20):
            model = GradedHopfield(20, 3, 2.0, 0.5, 1 / steps, solver)
            found = advanced(model, xi, u, steps)[0, 0].numpy()
            errors[solver, steps] = np.abs(found - exact).max()
    assert errors["rk4", 20] < 1e-5
    assert errors["rk4", 10] / errors["rk4", 20] == pytest.approx(16, rel=0.4)
    assert errors["euler", 10] / errors["euler", 20] == pytest.approx(2, rel=0.4)


def test_the_energy_is_the_one_of_the_paper():
    model, xi = GradedHopfield(6, 2, 3.0), spins((1, 2, 6), 3)
    u = torch.linspace(-0.4, 0.5, 6, dtype=torch.float64)[None, None]
    v = np.tanh(3 * u[0, 0].numpy())
    expected = -0.5 * v @ couplings(xi[0].numpy()) @ v
    expected += sum(quad(lambda x: np.arctanh(x) / 3, 0, each)[0] for each in v)
    found = float(model.energy({"patterns": xi}, u)[0, 0])
    assert found == pytest.approx(expected, abs=1e-9)


def test_one_pattern_is_held_with_the_overlap_that_holds_itself_and_lost_below_gain_one():
    xi = spins((1, 1, 1000), 4)
    held = advanced(GradedHopfield(1000, 1, 2.0), xi, 0.5 * xi, 400)
    overlap = float((torch.tanh(2 * held) * xi).mean())
    share = 999 / 1000
    assert overlap == pytest.approx(brentq(lambda m: m - np.tanh(2 * share * m), 0.1, 1), abs=1e-6)
    lost = advanced(GradedHopfield(1000, 1, 0.8), xi, 0.5 * xi, 400)
    assert float(lost.abs().max()) < 1e-3


def test_large_potentials_have_a_finite_energy():
    model, xi = GradedHopfield(10, 2, 100.0), spins((1, 2, 10), 5)
    energy = model.energy({"patterns": xi}, 50 * spins((1, 1, 10), 6))
    assert bool(energy.isfinite().all())
