"""The contract of a denoiser: a model that tells the noise in a sample of known level."""

from functools import cached_property
from typing import Annotated

import torch
from jaxtyping import Float, Int
from pydantic import Field
from torch import Tensor

from netware.models.base import AbstractModel
from netware.models.denoisers.noise_schedule import DiffusionSchedule


Beta = Annotated[float, Field(gt=0, lt=1)]


class AbstractDenoiser(AbstractModel):
    """An agent that is shown a noisy sample and its level, and answers the noise in it.

    What it is shown is [x_t, t], the level as the last number; what it answers is eps_hat. The
    schedule is the denoiser's own, so that all that add or remove noise ask it.
    """

    features: int
    levels: int
    beta_first: float
    beta_last: float

    @cached_property
    def schedule(self) -> DiffusionSchedule:
        """Returns how much noise there is at each level."""
        return DiffusionSchedule(self.levels, self.beta_first, self.beta_last)

    def input_size(self) -> int:
        """Returns the numbers of a sample and its level."""
        return self.features + 1

    def output_size(self) -> int:
        """Returns the numbers of a sample."""
        return self.features

    def parted(
        self, inputs: Float[Tensor, "agents samples inputs"]
    ) -> tuple[Float[Tensor, "agents samples features"], Int[Tensor, "agents samples"]]:
        """Splits what is shown into samples and levels."""
        return inputs[..., :-1], self.schedule.bounded(inputs[..., -1])


def shown(
    samples: Float[Tensor, "agents samples features"], level: Int[Tensor, "agents samples"]
) -> Float[Tensor, "agents samples inputs"]:
    """Joins samples and levels to what a denoiser is shown."""
    return torch.cat([samples, level[..., None].to(samples.dtype)], -1)
