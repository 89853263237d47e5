import numpy as np
import pytest
import torch

from netware.draws import Draws, Purpose
from netware.models.denoisers.base import shown
from netware.models.denoisers.gaussian_denoiser import GaussianDenoiser


def test_every_agent_begins_with_the_mean_and_the_variance_of_the_scenario() -> None:
    model = GaussianDenoiser(2, 3.0, 0.5)
    weights = model.init(Draws.of(1, 2).stream(Purpose.WEIGHTS, "p", 4), torch.float64)
    assert weights["mean"].shape == (8, 2) and bool((weights["mean"] == 3).all())
    assert weights["variance"].shape == (8, 2) and bool((weights["variance"] == 0.5).all())


@pytest.mark.parametrize("level", [1, 40, 400, 1000])
def test_it_is_the_regression_of_the_noise_on_the_noisy_sample(level) -> None:
    """The best guess of eps given x_t, for Gaussians, is the least-squares line through draws."""
    rng, mu, sd = np.random.default_rng(level), 1.5, 0.7
    x0, eps = mu + sd * rng.normal(size=400_000), rng.normal(size=400_000)
    model = GaussianDenoiser(1, mu, sd**2)
    signal, noise = (float(s) for s in model.schedule.marginal(torch.tensor(level), torch.float64))
    xt = signal * x0 + noise * eps
    slope, offset = np.polyfit(xt, eps, 1)
    at = torch.tensor([[[0.0], [1.0]]], dtype=torch.float64)
    weights = model.init(Draws.of(1).stream(Purpose.WEIGHTS, "p", 1), torch.float64)
    told = model.forward(weights, shown(at, torch.full((1, 2), level)), {})[0, :, 0]
    # s.e. of a slope: sqrt((1 - r^2) / n) sd(eps) / sd(x_t) < 0.0024 everywhere here.
    assert told[0].item() == pytest.approx(offset, abs=0.02)
    assert (told[1] - told[0]).item() == pytest.approx(slope, abs=0.012)


def test_each_agent_has_a_gaussian_of_its_own() -> None:
    model = GaussianDenoiser(1)
    weights = {"mean": torch.tensor([[0.0], [4.0]]), "variance": torch.tensor([[1.0], [0.1]])}
    x = torch.full((2, 1, 1), 4.0)
    told = model.forward(weights, shown(x, torch.full((2, 1), 1)), {})[:, 0, 0]
    assert told[0] > 0.03 and abs(told[1]) < 0.01


def test_data_of_variance_one_and_mean_zero_keep_their_distribution() -> None:
    """For N(0, 1), x_t is N(0, 1) too, and eps_hat = sqrt(1 - abar_t) x."""
    model = GaussianDenoiser(1)
    weights = model.init(Draws.of(1).stream(Purpose.WEIGHTS, "p", 1), torch.float64)
    level = torch.arange(1001)[None]
    told = model.forward(weights, shown(torch.ones(1, 1001, 1, dtype=torch.float64), level), {})
    _, noise = model.schedule.marginal(level, torch.float64)
    assert torch.allclose(told[..., 0], noise)
