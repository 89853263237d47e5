"""Radial basis network: a model of one's own."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from netware.draws import Stream
from netware.models.base import AbstractModel, State, Tap, Weights, untapped
from netware.parameters import Count


@dataclass(frozen=True)
class RadialBasis(AbstractModel):
    """Answers a weighted sum of Gaussian bumps.

    y = sum_k exp(-|x - c_k|^2) w_k,   c and w ~ N(0, 1) to begin with

    Args:
        inputs: Numbers of a sample. [1]
        outputs: Numbers of an answer. [1]
        centres: Bumps, k = 1 .. centres. [1]

    Source: Broomhead and Lowe (1988), Complex Systems 2, 321.
    Departs from it: all bumps are of width 1.
    """

    inputs: Count
    outputs: Count
    centres: Count = 8

    def input_size(self) -> int:
        """Returns the numbers of a sample."""
        return self.inputs

    def output_size(self) -> int:
        """Returns the numbers of an answer."""
        return self.outputs

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns `centre [centres, inputs]` and `w [centres, outputs]`."""
        return {"centre": (self.centres, self.inputs), "w": (self.centres, self.outputs)}

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Draws all weights of all agents from N(0, 1)."""
        shapes = self.weight_shapes()
        drawn = stream.normal(size=(self.parameter_count(),), dtype=dtype)
        parts = drawn.split([a * b for a, b in shapes.values()], dim=1)
        return {
            name: part.reshape(-1, *shape)
            for part, (name, shape) in zip(parts, shapes.items(), strict=True)
        }

    def forward(
        self,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
        tap: Tap = untapped,
    ) -> Float[Tensor, "agents samples outputs"]:
        """Computes y for every agent and sample; the one hidden part is `bumps`."""
        distance = torch.cdist(inputs, weights["centre"]).square()
        bumps = tap("bumps", torch.exp(-distance))
        return torch.bmm(bumps, weights["w"])
