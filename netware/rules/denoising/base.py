"""What noising and denoising share: samples in a column of state, and their level."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from netware.errors import ScenarioError, ShapeError
from netware.models.denoisers.base import AbstractDenoiser
from netware.population import Population
from netware.world import World


def denoiser_of(population: Population, where: str) -> AbstractDenoiser:
    """Returns the model of a population, or refuses one that is no denoiser."""
    model = population.wrapped()
    if not isinstance(model, AbstractDenoiser):
        raise ScenarioError(
            where,
            found=f"agents of '{population.name}' that are no denoisers: {type(model).__name__}",
            expected="a model that knows a schedule of noise",
            fix="write 'model: {type: denoiser, ...}' or 'model: {type: gaussian_denoiser, ...}'",
        )
    return model


def levelled(world: World, on: str, state: str, level: str, where: str) -> World:
    """Returns the world with a column of levels, 0 if new; refuses columns that do not fit."""
    population = world[on]
    features = denoiser_of(population, where).features
    many = population[state][0].numel()
    if many % features or not many:
        raise ShapeError(
            f"{where}.state",
            found=f"'{state}' of {many} numbers, for samples of {features}",
            expected=f"{features} numbers, or a multiple of them for several samples an agent",
            fix=f"write 'state: {{{state}: {{normal: [0, 1], size: {features}}}}}' under "
            f"populations.{on}",
        )
    if level not in population.state:
        zeros = torch.zeros(population.total, dtype=population.dtype, device=population.device)
        return world.with_state(on, **{level: zeros})
    if population[level].dim() != 1:
        raise ShapeError(
            f"{where}.level",
            found=f"'{level}' of shape {tuple(population[level].shape[1:])} for each agent",
            expected="one number, the level of all samples of an agent",
            fix=f"leave '{level}' out of the state, or write '{level}: zeros'",
        )
    return world


def samples_in(
    population: Population, state: str, features: int
) -> Float[Tensor, "agents samples features"]:
    """Returns a column as samples: its numbers in their order, `features` of them each."""
    return population[state].reshape(population.total, -1, features)


def changed(
    population: Population, state: str, samples: Tensor, level: str, at: Tensor
) -> Mapping[str, Tensor]:
    """Returns the columns of samples and levels, in the shapes and types that they had."""
    return {
        state: samples.reshape(population[state].shape),
        level: at.to(population[level].dtype),
    }
