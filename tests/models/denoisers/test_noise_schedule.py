import pytest
import torch

from netware.models.denoisers.noise_schedule import DiffusionSchedule


CPU = torch.device("cpu")


def test_noise_and_sample_share_a_variance_of_one_at_every_level() -> None:
    schedule = DiffusionSchedule(50, 1e-3, 0.3)
    signal, noise = schedule.marginal(torch.arange(51), torch.float64)
    assert torch.allclose(signal.square() + noise.square(), torch.ones(51, dtype=torch.float64))
    assert signal[0] == 1 and noise[0] == 0
    assert bool((signal.diff() < 0).all())


def test_steps_up_one_by_one_are_the_jump() -> None:
    schedule = DiffusionSchedule(20, 0.01, 0.2)
    kept, variance = 1.0, 0.0
    for level in range(3, 17):
        c, s = schedule.upward(torch.tensor(level), torch.tensor(level + 1), torch.float64)
        kept, variance = kept * float(c), float(c) ** 2 * variance + float(s) ** 2
    c, s = schedule.upward(torch.tensor(3), torch.tensor(17), torch.float64)
    assert float(c) == pytest.approx(kept, rel=1e-12)
    assert float(s) ** 2 == pytest.approx(variance, rel=1e-12)


def test_a_small_jump_is_exact_in_single_precision() -> None:
    """1 - abar_1 = 1e-4 has four digits left if it is formed in float32."""
    schedule = DiffusionSchedule()
    _, noise = schedule.marginal(torch.tensor(1), torch.float32)
    assert float(noise) == pytest.approx(1e-2, rel=1e-6)


@pytest.mark.parametrize("variance", ["beta", "posterior"])
def test_the_way_down_ends_without_noise_and_rests_at_the_data(variance) -> None:
    schedule = DiffusionSchedule(10, 0.01, 0.2)
    scale, share, spread = schedule.downward(torch.tensor([0, 1, 2]), variance, torch.float64)
    assert (float(scale[0]), float(share[0]), float(spread[0])) == (1, 0, 0)
    assert float(spread[1]) == 0 and float(spread[2]) > 0
    assert float(scale[1]) == pytest.approx(0.99**-0.5)


def test_the_true_noise_leads_to_the_posterior_mean() -> None:
    """c x_t - e eps is the mean of x_{t-1} given x_t and x_0 (equation 7 of the source)."""
    schedule, level = DiffusionSchedule(100), torch.arange(2, 101)
    tables = schedule.tables(CPU)
    abar, before = tables.log_alpha_bar[2:].exp(), tables.log_alpha_bar[1:-1].exp()
    beta, x0, eps = tables.beta[2:], 0.7, -1.3
    x = abar.sqrt() * x0 + (1 - abar).sqrt() * eps
    scale, share, _ = schedule.downward(level, "beta", torch.float64)
    mean = (before.sqrt() * beta * x0 + (1 - beta).sqrt() * (1 - before) * x) / (1 - abar)
    assert torch.allclose(scale * x - share * eps, mean, rtol=0, atol=1e-12)


def test_levels_beyond_the_last_are_the_last() -> None:
    assert DiffusionSchedule(10).bounded(torch.tensor([-3.0, 4.0, 99.0])).tolist() == [0, 4, 10]
