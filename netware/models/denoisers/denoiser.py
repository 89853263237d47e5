"""Denoiser: a network that learns to tell the noise in a sample."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import log

import torch
from jaxtyping import Float
from torch import Tensor

from netware.draws import Stream
from netware.models.base import State, Tap, Weights, affine, untapped
from netware.models.denoisers.base import AbstractDenoiser, Beta
from netware.models.layers.activations import ACTIVATIONS, Activation
from netware.models.layers.initial import Initial, initial_weights
from netware.parameters import Count, Positive, Widths


FINEST = 1000.0
LONGEST = 1e4


@dataclass(frozen=True)
class Denoiser(AbstractDenoiser):
    """Feeds a noisy sample, with waves that tell its level, forward through layers of units.

    h^0 = [x_t, e(t)],  h^l = phi(h^{l-1} W^l + b^l),  eps_hat = h^L W^{L+1} + b^{L+1},
    e(t) = [sin(w_k t'), cos(w_k t')],  w_k = 10^{-4 k / (K - 1)},  k = 0 .. K - 1,  t' = 1000 t / T

    Args:
        features: Numbers in a sample. [1]
        widths: Units of each hidden layer, first to last. [1]
        frequencies: K, frequencies that tell the level. [1]
        activation: phi, under PyTorch's name.
        initial: How weights are drawn, under PyTorch's name.
        spread: Half width of `uniform`, or standard deviation of `normal`. [1]
        levels: T, levels of noise. [1]
        beta_first: Variance added at level 1. [1]
        beta_last: Variance added at level T; it rises evenly in between. [1]

    Shapes: inputs `(agents, samples, features + 1)`, the last number being the level t; outputs
    `(agents, samples, features)`; weights `w1 .. w{L+1}` of `(agents, in, out)`, `b1 ..` of
    `(agents, out)`.

    Source: Ho, Jain and Abbeel (2020), arXiv:2006.11239; e(t): Vaswani et al. (2017),
    arXiv:1706.03762, section 3.5.
    Departs from it: layers of units in place of a U-Net for images; the waves are shown once, at
    the input.
    """

    features: Count = 1
    widths: Widths = (64, 64)
    frequencies: Count = 16
    activation: Activation = "silu"
    initial: Initial = "kaiming_normal"
    spread: Positive = 0.2
    levels: Count = 1000
    beta_first: Beta = 1e-4
    beta_last: Beta = 0.02

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns w1, b1, w2, b2, ... in the order of use."""
        sizes = (self.features + 2 * self.frequencies, *self.widths, self.features)
        shapes: dict[str, tuple[int, ...]] = {}
        for layer, (into, out) in enumerate(pairwise(sizes), 1):
            shapes |= {f"w{layer}": (into, out), f"b{layer}": (out,)}
        return shapes

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Draws each layer as `initial` says."""
        return initial_weights(self.weight_shapes(), self.initial, self.spread, stream, dtype)

    def layers(self) -> tuple[str, ...]:
        """Names w1 .. w{L+1}."""
        return tuple(f"w{layer}" for layer in range(1, len(self.widths) + 2))

    @cached_property
    def placed(self) -> dict[tuple[torch.device, torch.dtype], Tensor]:
        """Keeps the waves of all levels on each device, so that no step makes them again."""
        return {}

    def waves(self, like: Tensor) -> Float[Tensor, "levels waves"]:
        """Returns e(t) of every level, in the type and on the device of `like`."""
        key = (like.device, like.dtype)
        if key not in self.placed:
            level = torch.arange(self.levels + 1, dtype=torch.float64) * (FINEST / self.levels)
            k = torch.arange(self.frequencies, dtype=torch.float64)
            angle = level[:, None] * (-log(LONGEST) * k / max(1, self.frequencies - 1)).exp()
            self.placed[key] = torch.cat([angle.sin(), angle.cos()], 1).to(like.device, like.dtype)
        return self.placed[key]

    def forward(
        self,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
        tap: Tap = untapped,
    ) -> Float[Tensor, "agents samples outputs"]:
        """Computes eps_hat for every agent and sample; the parts are h^1 .., as `hidden1 ..`."""
        x, level = self.parted(inputs)
        phi, last = ACTIVATIONS[self.activation], len(self.widths) + 1
        h = torch.cat([x, self.waves(x)[level]], -1)
        for layer in range(1, last):
            h = phi(affine(h, weights[f"w{layer}"], weights[f"b{layer}"]))
            h = tap(f"hidden{layer}", h)
        return affine(h, weights[f"w{last}"], weights[f"b{last}"])
