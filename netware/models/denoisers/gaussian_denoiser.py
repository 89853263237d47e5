"""Gaussian denoiser: the exact answer where samples are Gaussian."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from netware.draws import Stream
from netware.models.base import State, Tap, Weights, untapped
from netware.models.denoisers.base import AbstractDenoiser, Beta
from netware.parameters import Count, Positive, Real


@dataclass(frozen=True)
class GaussianDenoiser(AbstractDenoiser):
    """Answers the mean of the noise in x_t, given that samples are drawn from N(mu, s^2).

    eps_hat(x, t) = sqrt(1 - abar_t) (x - sqrt(abar_t) mu) / (abar_t s^2 + 1 - abar_t)

    Nothing is learnt and nothing approximated: a reference for the schedule, the sampler and
    denoisers that learn. What it gives back of any other data is their mean and variance.

    Args:
        features: Numbers in a sample, each Gaussian for itself. [1]
        mean: mu, with which all agents begin. [unit of the data]
        variance: s^2, with which all agents begin. [square of that]
        levels: T, levels of noise. [1]
        beta_first: Variance added at level 1. [1]
        beta_last: Variance added at level T; it rises evenly in between. [1]

    Shapes: inputs `(agents, samples, features + 1)`, the last number being the level t; outputs
    `(agents, samples, features)`; weights `mean` and `variance` of `(agents, features)`.

    Source: Ho, Jain and Abbeel (2020), arXiv:2006.11239, section 2, with the conditional mean of
    jointly Gaussian variables.
    Departs from it: nothing.
    """

    features: Count = 1
    mean: Real = 0.0
    variance: Positive = 1.0
    levels: Count = 1000
    beta_first: Beta = 1e-4
    beta_last: Beta = 0.02

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns mean and variance."""
        return {"mean": (self.features,), "variance": (self.features,)}

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Gives every agent the mean and the variance of the scenario."""
        shape, device = (len(stream.words()), self.features), stream.keys.device
        return {
            "mean": torch.full(shape, self.mean, dtype=dtype, device=device),
            "variance": torch.full(shape, self.variance, dtype=dtype, device=device),
        }

    def forward(
        self,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
        tap: Tap = untapped,
    ) -> Float[Tensor, "agents samples outputs"]:
        """Computes eps_hat for every agent and sample."""
        x, level = self.parted(inputs)
        signal, noise = (one[..., None] for one in self.schedule.marginal(level, x.dtype))
        mean, variance = weights["mean"][:, None], weights["variance"][:, None]
        return noise * (x - signal * mean) / (signal.square() * variance + noise.square())
