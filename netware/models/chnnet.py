"""CHNNet: layers whose hidden neurons hear each other."""

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
from netware.models.layers.synapses import INPUT, OUTPUT, Places, Synapses
from netware.parameters import Count, Positive, Widths


@dataclass(frozen=True)
class Chnnet(AbstractModel):
    """Feeds samples through layers in which every neuron also hears all neurons of its layer.

    p^l = a^{l-1} W^l + b^l,   a^l = phi(p^l + f(p^l) U^l),   a^0 = x,   l = 1 .. L,
    y = a^L W^{L+1} + b^{L+1}

    U^l joins all neurons of layer l, each with itself too; a layer of n neurons that hears m
    numbers has m n + n^2 + n parameters. Without it (U = 0) this is the multilayer perceptron of
    the same weights.

    Args:
        inputs: Numbers in a sample. [1]
        outputs: Numbers in an answer. [1]
        widths: Neurons of each hidden layer, first to last. [1]
        activation: phi, under PyTorch's name.
        inner: f, what neurons tell each other; `identity` tells p itself.
        initial: How weights are drawn, under PyTorch's name; `uniform` is U(-spread, spread)
            for weights and biases alike.
        spread: Half width of `uniform`, or standard deviation of `normal`. [1]
        bias: `learned` or `none`.

    Shapes: inputs `(agents, samples, inputs)`, outputs `(agents, samples, outputs)`; weights
    `w1 .. w{L+1}` and `b1 ..` as of `multilayer`, and `u1 .. uL` of `(agents, n, n)`, from
    senders in rows to receivers in columns.

    Source: Shahir et al. (2023), arXiv:2305.10468.
    Departs from it: `inner` may be chosen; the first version of the paper has the identity.
    """

    inputs: Count
    outputs: Count
    widths: Widths
    activation: Activation = "relu"
    inner: Activation = "relu"
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
        """Returns w1, b1, u1, w2, ... in the order of use."""
        sizes = (self.inputs, *self.widths, self.outputs)
        shapes: dict[str, tuple[int, ...]] = {}
        for layer, (into, out) in enumerate(pairwise(sizes), 1):
            shapes[f"w{layer}"] = (into, out)
            if self.bias == "learned":
                shapes[f"b{layer}"] = (out,)
            if layer <= len(self.widths):
                shapes[f"u{layer}"] = (out, out)
        return shapes

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Draws each layer as `initial` says."""
        return initial_weights(self.weight_shapes(), self.initial, self.spread, stream, dtype)

    def layers(self) -> tuple[str, ...]:
        """Names w1 .. w{L+1}."""
        return tuple(f"w{layer}" for layer in range(1, len(self.widths) + 2))

    def synapses(self) -> tuple[Synapses, ...]:
        """Returns w1, u1, w2, ...: into each layer, and from it to itself."""
        found: list[Synapses] = []
        senders = (Places(INPUT, 0, self.inputs),)
        for layer, width in enumerate((*self.widths, self.outputs), 1):
            hidden = layer <= len(self.widths)
            here = (Places(f"hidden{layer}" if hidden else OUTPUT, 0, width),)
            bias = f"b{layer}" if self.bias == "learned" else ""
            found.append(Synapses(f"w{layer}", bias, senders, here))
            if hidden:
                found.append(Synapses(f"u{layer}", "", here, here))
            senders = here
        return tuple(found)

    def forward(
        self,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
        tap: Tap = untapped,
    ) -> Float[Tensor, "agents samples outputs"]:
        """Computes y for every agent and sample; the parts are a^1 .. a^L, as `hidden1 ..`."""
        a, last = inputs, len(self.widths) + 1
        for layer in range(1, last):
            a = tap(f"hidden{layer}", self.layer(weights, layer, a))
        return affine(a, weights[f"w{last}"], weights.get(f"b{last}"))

    def layer(self, weights: Weights, layer: int, inputs: Tensor) -> Tensor:
        """Returns the neurons of one layer."""
        p = affine(inputs, weights[f"w{layer}"], weights.get(f"b{layer}"))
        told = affine(ACTIVATIONS[self.inner](p), weights[f"u{layer}"])
        return ACTIVATIONS[self.activation](p + told)
