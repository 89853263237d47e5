"""Static hypernetwork: a kernel for each layer from an embedding of that layer."""

from dataclasses import dataclass
from math import sqrt

import torch
from jaxtyping import Float
from torch import Tensor

from netware.draws import Stream
from netware.models.base import AbstractModel, State, Tap, Weights, affine, untapped
from netware.models.layers.synapses import INPUT, OUTPUT, Places, Synapses
from netware.parameters import Count, Positive


@dataclass(frozen=True)
class StaticHypernetwork(AbstractModel):
    """Makes a kernel from an embedding, by one linear map for each input channel and one for all.

    a_i = z W_i + b_i,   K_i = a_i W_out + b_out,   i = 1 .. channels_in;   K = (K_1; K_2; ...)

    Each K_i is `size x (channels_out size)`, so that K is a matrix `[channels_in size,
    channels_out size]`, answered row by row: with size 1 the matrix of a dense layer, otherwise
    one in blocks of `size x size`. Parameters: d (N_z + 1) N_in + f N_out f (d + 1), for
    f = 7, N_in = N_out = 16, N_z = d = 4 no more than 4240, which make 12 544 weights.

    Args:
        channels_in: N_in, input channels of the kernel. [1]
        channels_out: N_out, output channels of the kernel. [1]
        size: f, side of the kernel. [1]
        embedding: N_z, numbers in an embedding. [1]
        hidden: d, numbers between the two maps. [1]
        gain: Variance of the weights that an embedding of N(0, 1) makes at first, times
            channels_in size: 2 for a child with relu, 1 for a linear one. [1]

    Shapes: inputs `(agents, samples, embedding)`, outputs `(agents, samples, channels_in size
    channels_out size)`; weights `w` `(agents, embedding, channels_in hidden)`, `b`, `w_out`
    `(agents, hidden, size channels_out size)`, `b_out`.

    Source: Ha, Dai and Le (2017), ICLR, arXiv:1609.09106, section 3.1; the first draw: Chang,
    Flokas and Lipson (2020), ICLR, Principled Weight Initialization for Hypernetworks.
    Departs from it: nothing.
    """

    channels_in: Count
    channels_out: Count
    size: Count = 1
    embedding: Count = 4
    hidden: Count = 4
    gain: Positive = 2.0

    def input_size(self) -> int:
        """Returns the numbers in an embedding."""
        return self.embedding

    def output_size(self) -> int:
        """Returns the weights in a kernel."""
        return self.channels_in * self.block()

    def block(self) -> int:
        """Returns the weights that belong to one input channel."""
        return self.size * self.channels_out * self.size

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns w, b, w_out, b_out."""
        between = self.channels_in * self.hidden
        return {
            "w": (self.embedding, between),
            "b": (between,),
            "w_out": (self.hidden, self.block()),
            "b_out": (self.block(),),
        }

    def synapses(self) -> tuple[Synapses, ...]:
        """Returns w, and w_out once for each input channel: from its own a to its own K."""
        shown = (Places(INPUT, 0, self.embedding),)
        a = (Places("hidden1", 0, self.channels_in * self.hidden),)
        kernel = (Places(OUTPUT, 0, self.output_size()),)
        return (
            Synapses("w", "b", shown, a),
            Synapses("w_out", "b_out", a, kernel, copies=self.channels_in),
        )

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Draws w of variance 1 / N_z, w_out so that kernels have their variance; no biases."""
        shapes = self.weight_shapes()
        first, second = (shapes[name][0] * shapes[name][1] for name in ("w", "w_out"))
        drawn = stream.normal(size=(first + second,), dtype=dtype)
        weights = {name: drawn.new_zeros(len(drawn), *shape) for name, shape in shapes.items()}
        fan_in = self.channels_in * self.size
        into = sqrt(1 / self.embedding)
        out = sqrt(self.gain / (self.hidden * fan_in))
        weights["w"] = (drawn[:, :first] * into).reshape(weights["w"].shape)
        weights["w_out"] = (drawn[:, first:] * out).reshape(weights["w_out"].shape)
        return weights

    def forward(
        self,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
        tap: Tap = untapped,
    ) -> Float[Tensor, "agents samples outputs"]:
        """Computes the kernel of every embedding; the part `hidden1` is a of all channels."""
        agents, samples, _ = inputs.shape
        a = tap("hidden1", affine(inputs, weights["w"], weights["b"]))
        a = a.reshape(agents, -1, self.hidden)
        return affine(a, weights["w_out"], weights["b_out"]).reshape(agents, samples, -1)
