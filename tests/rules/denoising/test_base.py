import pytest
import torch

from netware.errors import ScenarioError, ShapeError
from netware.models.denoisers.gaussian_denoiser import GaussianDenoiser
from netware.models.multilayer import Multilayer
from netware.rules.denoising.base import denoiser_of, levelled, samples_in
from tests.rules.learners import drawn, world_of


def test_agents_that_are_no_denoisers_are_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        denoiser_of(drawn(Multilayer(2, 1), 3), "rules.noise")
    assert str(error.value) == (
        "rules.noise: agents of 'nets' that are no denoisers: Multilayer\n"
        "  expected: a model that knows a schedule of noise\n"
        "  fix: write 'model: {type: denoiser, ...}' or 'model: {type: gaussian_denoiser, ...}'"
    )


def test_a_column_that_holds_no_whole_samples_is_refused() -> None:
    nets = drawn(GaussianDenoiser(2), 3, state={"x": torch.zeros(3, 5)})
    with pytest.raises(ShapeError) as error:
        levelled(world_of(nets), "nets", "x", "level", "rules.noise")
    assert str(error.value) == (
        "rules.noise.state: 'x' of 5 numbers, for samples of 2\n"
        "  expected: 2 numbers, or a multiple of them for several samples an agent\n"
        "  fix: write 'state: {x: {normal: [0, 1], size: 2}}' under populations.nets"
    )


def test_a_column_of_levels_is_made_once_and_kept() -> None:
    nets = drawn(GaussianDenoiser(2), 3, state={"x": torch.zeros(3, 4)})
    world = levelled(world_of(nets), "nets", "x", "level", "rules.noise")
    assert world["nets"]["level"].tolist() == [0, 0, 0]
    world = world.with_state("nets", level=torch.tensor([1.0, 2.0, 3.0]))
    assert levelled(world, "nets", "x", "level", "rules.noise") is world
    assert samples_in(world["nets"], "x", 2).shape == (3, 2, 2)


def test_a_level_for_every_sample_is_refused() -> None:
    nets = drawn(GaussianDenoiser(1), 3, state={"x": torch.zeros(3), "level": torch.zeros(3, 2)})
    with pytest.raises(ShapeError) as error:
        levelled(world_of(nets), "nets", "x", "level", "rules.noise")
    assert str(error.value) == (
        "rules.noise.level: 'level' of shape (2,) for each agent\n"
        "  expected: one number, the level of all samples of an agent\n"
        "  fix: leave 'level' out of the state, or write 'level: zeros'"
    )
