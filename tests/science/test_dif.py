"""Diffusion loops: the schedule's numbers, the exact sampler's moments, and modes that come back.

The table of DIF-2 is the fixed point of a linear recursion that the test computes again from the
betas alone.
"""

import numpy as np
import pytest
import torch
from torch import Tensor

from netware.draws import Draws
from netware.learning.optimisers.adam import Adam
from netware.models.base import AbstractModel
from netware.models.denoisers.denoiser import Denoiser
from netware.models.denoisers.gaussian_denoiser import GaussianDenoiser
from netware.models.denoisers.noise_schedule import Variance
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.denoising.denoising import Denoising
from netware.rules.denoising.noise_prediction import NoisePrediction
from netware.rules.denoising.noising import Noising
from netware.tasks.gaussian_mixture import GaussianMixture
from netware.world import World
from tests.rules.learners import drawn, world_of


ACTING = Acting("loop")
BETA = np.linspace(1e-4, 0.02, 1000)
ABAR = np.cumprod(1 - BETA)
TABLE = {0.25: (0.250752, 0.246125), 4.0: (3.990569, 3.974777)}
"""Variance at the end for data N(2, s^2): with sigma^2 = beta, and the posterior variance."""


def noise(agents: int, samples: int, seed: int) -> Tensor:
    return torch.randn(agents, samples, generator=torch.Generator().manual_seed(seed))


def sampled(population: Population, variance: Variance, seed: int) -> Tensor:
    """Returns what agents make of noise: from level 1000 down to 0."""
    rule = Denoising(population.name, variance=variance, levels=1000)
    world = World(Draws.of(seed), {population.name: population})
    return rule.apply(rule.prepare(world, ACTING), ACTING)[population.name]["x"].double()


@pytest.mark.t0
def test_dif_1_the_schedule_has_its_numbers():
    tables = GaussianDenoiser().schedule.tables(torch.device("cpu"))
    abar = tables.log_alpha_bar.exp()
    published = {1: 0.9999, 100: 0.897018, 500: 0.0785872, 1000: 4.03583e-5}
    for level, value in published.items():
        assert float(abar[level]) == pytest.approx(value, rel=1e-5)
    assert float(tables.posterior[500]) == pytest.approx(0.0100314, rel=1e-5)
    assert np.allclose(abar[1:].numpy(), ABAR, rtol=1e-9)


@pytest.mark.t0
@pytest.mark.parametrize("level", [100, 500])
@pytest.mark.parametrize("levels", ["once", "each"])
def test_dif_1_noised_samples_have_the_forward_marginal(level, levels):
    many = 200_000
    x0 = 0.8
    world = world_of(drawn(GaussianDenoiser(), 1, state={"x": torch.full((1, many), x0)}))
    step = level if levels == "once" else level // 5
    rule = Noising("nets", levels=step)
    world = rule.prepare(world, ACTING)
    for _ in range(level // step):
        world = rule.apply(world, ACTING).advanced()
    x, abar = world["nets"]["x"].double(), float(ABAR[level - 1])
    assert x.mean().item() == pytest.approx(abar**0.5 * x0, abs=4 * ((1 - abar) / many) ** 0.5)
    assert x.var().item() == pytest.approx(1 - abar, rel=4 * (2 / many) ** 0.5)
    # NEGATIVE control: another level's marginal is far outside.
    other = ABAR[level + 50]
    assert abs(x.var().item() / (1 - other) - 1) > 4 * (2 / many) ** 0.5


def moments(s2: float, variance: str) -> tuple[float, float]:
    """Returns mean and variance at the end by the linear recursion, from noise N(0, 1)."""
    mean, spread = 0.0, 1.0
    before = np.concatenate([[1.0], ABAR[:-1]])
    for t in range(999, -1, -1):
        beta, abar = BETA[t], ABAR[t]
        slope = beta / (abar * s2 + 1 - abar)
        c = (1 - slope) / (1 - beta) ** 0.5
        sigma2 = beta if variance == "beta" else (1 - before[t]) / (1 - abar) * beta
        mean = c * mean + slope * abar**0.5 * 2 / (1 - beta) ** 0.5
        spread = c**2 * spread + (sigma2 if t else 0.0)
    return mean, spread


@pytest.mark.t0
def test_dif_2_the_table_is_the_recursion_s():
    for s2, (of_beta, of_posterior) in TABLE.items():
        assert moments(s2, "beta") == pytest.approx((2, of_beta), rel=2e-4)
        assert moments(s2, "posterior") == pytest.approx((2, of_posterior), rel=2e-4)


@pytest.mark.t1
@pytest.mark.parametrize("s2", list(TABLE))
def test_dif_2_the_exact_denoiser_s_samples_have_the_tabulated_variance(s2):
    many = 200_000
    own = GaussianDenoiser(1, 2.0, s2)
    found: dict[str, float] = {}
    kinds: tuple[Variance, ...] = ("beta", "posterior")
    for at, variance in enumerate(kinds):
        # The same noise for both, so that their difference is known better than either.
        state = {"x": noise(1, many, seed=7), "level": torch.full((1,), 1000.0)}
        x = sampled(drawn(own, 1, state=state), variance, seed=11)
        assert x.mean().item() == pytest.approx(2, abs=4 * (s2 / many) ** 0.5)
        assert x.var().item() == pytest.approx(TABLE[s2][at], rel=4 * (2 / many) ** 0.5)
        found[variance] = x.var().item()
    ratio, tabulated = found["beta"] / found["posterior"], TABLE[s2][0] / TABLE[s2][1]
    assert ratio == pytest.approx(tabulated, abs=0.25 * (tabulated - 1))


@pytest.mark.t0
def test_dif_2_negative_control_a_denoiser_of_another_variance_fails():
    state = {"x": noise(1, 4000, seed=8), "level": torch.full((1,), 1000.0)}
    x = sampled(drawn(GaussianDenoiser(1, 2.0, 1.0), 1, state=state), "beta", seed=12)
    assert abs(x.var().item() / 0.250752 - 1) > 0.5


def trained(model: AbstractModel, updates: int, seed: int) -> Population:
    """Returns denoisers after learning the mixture, at three rates one after the other."""
    data = GaussianMixture().make("task", Draws.of(seed), torch.float32)
    world = world_of(drawn(model, 2, seed=seed), data=data, seed=seed)
    for rate in (5e-3, 1e-3, 2e-4) if updates else ():
        rule = NoisePrediction(
            "nets", "task", optimiser=Adam(rate=rate), batch=256, batches=updates // 3
        )
        world = rule.apply(rule.prepare(world, ACTING), ACTING).advanced()
    return world["nets"]


def is_the_mixture(x: Tensor) -> bool:
    """Tells whether samples are .3 N(-2, .2^2) + .7 N(1, .3^2), within the bands of DIF-3."""
    left, right = x[x < -0.5], x[x >= -0.5]
    if min(len(left), len(right)) < 2:
        return False
    return (
        abs(len(left) / len(x) - 0.3) <= 0.05
        and abs(left.mean().item() + 2) <= 0.1
        and abs(right.mean().item() - 1) <= 0.1
        and abs(left.std().item() - 0.2) <= 0.08
        and abs(right.std().item() - 0.3) <= 0.08
    )


@pytest.mark.t2
@pytest.mark.parametrize("seed", [21, 22])
def test_dif_3_a_learned_denoiser_brings_the_modes_back_and_an_untrained_one_does_not(seed):
    many = 4000
    state = {"x": noise(2, many, seed=seed), "level": torch.full((2,), 1000.0)}
    for updates, expected in ((6000, True), (0, False)):
        nets = trained(Denoiser(1, (64, 64)), updates, seed).with_state(state)
        for x in sampled(nets, "beta", seed=seed):
            assert is_the_mixture(x) == expected
    # The data themselves pass, and the Gaussian of their mean and variance does not.
    data = GaussianMixture(train=many).make("task", Draws.of(seed), torch.float32)
    assert is_the_mixture(data.train.inputs[0, :, 0])
    assert not is_the_mixture(0.1 + 1.965**0.5 * noise(1, many, seed)[0])
