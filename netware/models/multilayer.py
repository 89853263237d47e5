"""Multilayer perceptron: any number of layers of any width."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from netware.draws import Stream
from netware.models.base import AbstractModel, State, Tap, Weights, affine, untapped
from netware.models.layers.activations import ACTIVATIONS, Activation
from netware.models.layers.initial import Initial, initial_weights
from netware.parameters import Count, Positive, Widths


@dataclass(frozen=True)
class Multilayer(AbstractModel):
    """Feeds each sample forward through layers of units.

    h^0 = x,  h^l = phi(h^{l-1} W^l + b^l) for l = 1 .. L,  y = h^L W^{L+1} + b^{L+1}

    Args:
        inputs: Numbers in a sample. [1]
        widths: Units of each hidden layer, first to last; none for a linear model. [1]
        outputs: Numbers in an answer. [1]
        activation: phi, under PyTorch's name.
        initial: How weights are drawn, under PyTorch's name; `uniform` is U(-spread, spread)
            for weights and biases alike.
        spread: Half width of `uniform`, or standard deviation of `normal`. [1]
        bias: `learned` or `none`.

    Shapes: inputs `(agents, samples, inputs)`, outputs `(agents, samples, outputs)`,
    weights `w1 .. w{L+1}` of `(agents, in, out)`, `b1 ..` of `(agents, out)`.

    Source: Rumelhart, Hinton and Williams (1986), Nature 323, 533, doi:10.1038/323533a0.
    Departs from it: nothing.
    """

    inputs: Count
    outputs: Count
    widths: Widths = ()
    activation: Activation = "relu"
    initial: Initial = "kaiming_normal"
    spread: Positive = 0.2
    bias: Literal["learned", "none"] = "learned"

    def input_size(self) -> int:
        """Returns the numbers in a sample."""
        return self.inputs

    def output_size(self) -> int:
        """Returns the numbers in an answer."""
        return self.outputs

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns w1, b1, w2, b2, ... in the order of use."""
        sizes = (self.inputs, *self.widths, self.outputs)
        shapes: dict[str, tuple[int, ...]] = {}
        for layer, (into, out) in enumerate(pairwise(sizes), 1):
            shapes[f"w{layer}"] = (into, out)
            if self.bias == "learned":
                shapes[f"b{layer}"] = (out,)
        return shapes

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Draws each layer as `initial` says."""
        return initial_weights(self.weight_shapes(), self.initial, self.spread, stream, dtype)

    def layers(self) -> tuple[str, ...]:
        """Names w1 .. w{L+1}."""
        return tuple(f"w{layer}" for layer in range(1, len(self.widths) + 2))

    def forward(
        self,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
        tap: Tap = untapped,
    ) -> Float[Tensor, "agents samples outputs"]:
        """Computes y for every agent and sample; the parts are h^1 .. h^L, as `hidden1 ..`."""
        phi, last = ACTIVATIONS[self.activation], len(self.widths) + 1
        h = inputs
        for layer in range(1, last):
            h = phi(affine(h, weights[f"w{layer}"], weights.get(f"b{layer}")))
            h = tap(f"hidden{layer}", h)
        return affine(h, weights[f"w{last}"], weights.get(f"b{last}"))
