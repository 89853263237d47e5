"""Denoising: samples come out of noise, level by level."""

from dataclasses import dataclass
from typing import ClassVar

import torch

from netware.models.denoisers.base import shown
from netware.models.denoisers.noise_schedule import Variance
from netware.parameters import Column, Count, PopulationName
from netware.rules.base import AbstractRule, Acting, Reads
from netware.rules.denoising.base import changed, denoiser_of, levelled, samples_in
from netware.world import World


@dataclass(frozen=True)
class Denoising(AbstractRule):
    """Takes out of each agent's samples the noise that its model sees in them.

    x_{t-1} = (x_t - beta_t / sqrt(1 - abar_t) eps_hat(x_t, t)) / sqrt(alpha_t) + sigma_t z,
    z ~ N(0, 1), alpha_t = 1 - beta_t; no noise is added at t = 1

    From level T, where samples are noise, to level 0 this draws new samples of what the model
    knows. All samples of an agent are of one level; at level 0 nothing happens.

    Args:
        on: Population of denoisers.
        state: Column of samples, one or several an agent, one after the other.
        level: Column of each agent's level t; made, as 0, if it is not there.
        levels: Levels to go down in a step. [1]
        variance: sigma_t^2: `beta`, beta_t, right for data of variance 1, or `posterior`,
            (1 - abar_{t-1}) / (1 - abar_t) beta_t, right for data that are a single point.

    Reads: state, level; weights.
    Writes: state, level.

    Source: Ho, Jain and Abbeel (2020), arXiv:2006.11239, equation 11 and algorithm 2.
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "x"
    level: Column = "level"
    levels: Count = 1
    variance: Variance = "beta"

    reads: ClassVar[Reads] = "own"

    def prepare(self, world: World, acting: Acting) -> World:
        """Makes the column of levels; refuses models and columns that do not fit."""
        return levelled(world, self.on, self.state, self.level, f"rules.{acting.rule}")

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after some levels of denoising."""
        population = world[self.on]
        model = denoiser_of(population, f"rules.{acting.rule}")
        level = model.schedule.bounded(population[self.level])
        x = samples_in(population, self.state, model.features)
        for part in range(self.levels):
            eps = population.forward(shown(x, level[:, None].expand(-1, x.shape[1])))
            scale, share, spread = (
                one[:, None, None] for one in model.schedule.downward(level, self.variance, x.dtype)
            )
            z = acting.stream(world, self.on, str(part)).normal(
                size=tuple(x.shape[1:]), dtype=x.dtype
            )
            x = torch.addcmul(scale * x - share * eps, spread, z)
            level = (level - 1).clamp(min=0)
        return world.with_state(self.on, **changed(population, self.state, x, self.level, level))
