import pytest
import torch

from netware.models.denoisers.denoiser import Denoiser
from netware.models.denoisers.gaussian_denoiser import GaussianDenoiser
from netware.rules.base import Acting
from netware.rules.denoising.denoising import Denoising
from netware.rules.denoising.noising import Noising
from netware.world import World
from tests.rules.learners import drawn, world_of


ACTING = Acting("denoise")


def random(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def at(level: float, model, samples: int = 6, agents: int = 3) -> World:
    x = random(agents, samples, seed=1)
    level_of_all = torch.full((agents,), level)
    return world_of(drawn(model, agents, state={"x": x, "level": level_of_all}))


def test_the_last_step_is_the_equation_without_noise() -> None:
    model = Denoiser(2, (7,), 3)
    world = at(1.0, model)
    rule = Denoising("nets")
    after = rule.apply(rule.prepare(world, ACTING), ACTING)["nets"]
    nets = world["nets"]
    inputs = torch.cat([nets["x"].view(3, 3, 2), torch.ones(3, 3, 1)], 2)
    eps = model.forward(nets.weights, inputs, {}).reshape(3, 6)
    beta = 1e-4
    expected = (nets["x"] - beta / beta**0.5 * eps) / (1 - beta) ** 0.5
    assert torch.allclose(after["x"], expected, rtol=0, atol=1e-6)
    assert after["level"].tolist() == [0, 0, 0]


@pytest.mark.parametrize("variance", ["beta", "posterior"])
def test_the_noise_of_a_step_has_the_variance_that_was_asked_for(variance) -> None:
    model = GaussianDenoiser(1, levels=20, beta_first=0.05, beta_last=0.3)
    world = at(10.0, model, samples=20_000).with_state("nets", x=torch.zeros(3, 20_000))
    rule = Denoising("nets", variance=variance)
    x = rule.apply(rule.prepare(world, ACTING), ACTING)["nets"]["x"]
    beta = 0.05 + 9 / 19 * 0.25
    before = torch.prod(1 - torch.linspace(0.05, 0.3, 20, dtype=torch.float64)[:9])
    posterior = float((1 - before) / (1 - before * (1 - beta))) * beta
    expected = beta if variance == "beta" else posterior
    # 60 000 numbers: four standard errors; beta is 15 % above the posterior variance.
    assert x.var().item() == pytest.approx(expected, rel=4 * (2 / 60_000) ** 0.5)


def test_several_levels_in_a_step_go_as_far_as_several_steps() -> None:
    world = at(9.0, GaussianDenoiser(1))
    rule = Denoising("nets", levels=5)
    world = rule.prepare(world, ACTING)
    assert rule.apply(world, ACTING)["nets"]["level"].tolist() == [4, 4, 4]
    assert rule.apply(rule.apply(world, ACTING), ACTING)["nets"]["level"].tolist() == [0, 0, 0]


def test_data_at_level_zero_stay_as_they_are() -> None:
    world = at(0.0, Denoiser(1))
    rule = Denoising("nets", levels=3)
    after = rule.apply(rule.prepare(world, ACTING), ACTING)["nets"]
    assert torch.equal(after["x"], world["nets"]["x"])


def test_up_and_down_again_gives_samples_of_the_same_gaussian() -> None:
    model = GaussianDenoiser(1, -1.0, 0.25, 200, 1e-3, 0.08)
    x = -1 + 0.5 * random(2, 10_000, seed=5)
    world = world_of(drawn(model, 2, state={"x": x}))
    up, down = Noising("nets", levels=200), Denoising("nets", levels=200)
    world = down.prepare(up.prepare(world, ACTING), ACTING)
    noise = up.apply(world, ACTING)
    back = down.apply(noise, ACTING)["nets"]["x"]
    assert noise["nets"]["x"].mean().abs() < 0.05
    assert back.mean().item() == pytest.approx(-1, abs=0.02)
    assert back.var().item() == pytest.approx(0.25, rel=0.06)
    assert abs(torch.corrcoef(torch.stack([x[0], back[0]]))[0, 1].item()) < 0.05
