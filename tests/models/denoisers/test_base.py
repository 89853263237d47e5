import torch

from netware.models.denoisers.base import shown
from netware.models.denoisers.gaussian_denoiser import GaussianDenoiser


def test_the_level_is_the_last_number_shown() -> None:
    model = GaussianDenoiser(3, levels=7, beta_first=0.1, beta_last=0.2)
    x = torch.randn(2, 4, 3, generator=torch.Generator().manual_seed(1))
    level = torch.tensor([[0, 1, 7, 3], [5, 5, 2, 0]])
    inputs = shown(x, level)
    assert inputs.shape == (2, 4, model.input_size())
    samples, again = model.parted(inputs)
    assert torch.equal(samples, x) and torch.equal(again, level)


def test_the_schedule_is_the_model_s() -> None:
    model = GaussianDenoiser(levels=7, beta_first=0.1, beta_last=0.2)
    schedule = model.schedule
    assert (schedule.levels, schedule.beta_first, schedule.beta_last) == (7, 0.1, 0.2)
    assert model.schedule is schedule
