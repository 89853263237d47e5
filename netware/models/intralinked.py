"""Intra-linked network: width, depth, and height from links inside a layer."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import prod
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from netware.draws import Stream
from netware.errors import ScenarioError
from netware.models.base import AbstractModel, State, Tap, Weights, affine, untapped
from netware.models.layers.activations import ACTIVATIONS, Activation
from netware.models.layers.initial import Initial, initial_weights
from netware.models.layers.synapses import INPUT, OUTPUT, Places, Synapses
from netware.parameters import Count, NonNegative, Positive, Widths


@dataclass(frozen=True)
class Intralinked(AbstractModel):
    """Feeds samples through layers whose neurons also hear earlier neurons of their own group.

    g_j = phi(x w_j + b_j + sum_{k before j in the group} c_jk g_k),   groups of H neurons,
    y = g^L W^{L+1} + b^{L+1}

    Neuron j stands in group j // H at place j % H. Without links (c = 0) it is the multilayer
    perceptron of the same weights. One layer of w units on the line has up to (2^H - 1) w / H
    breakpoints with dense links, w without.

    Args:
        inputs: Numbers in a sample. [1]
        outputs: Numbers in an answer. [1]
        widths: Units of each hidden layer, first to last, each a multiple of `height`. [1]
        height: H, neurons of a group; 1 for no links. [1]
        links: `dense`, from every earlier neuron of the group, or `chain`, from the one before.
        link_spread: Links start as U(-link_spread, link_spread); 0 starts without. [1]
        activation: phi, under PyTorch's name.
        initial: How the other weights are drawn, under PyTorch's name; `uniform` is
            U(-spread, spread) for weights and biases alike.
        spread: Half width of `uniform`, or standard deviation of `normal`. [1]
        bias: `learned` or `none`.

    Shapes: inputs `(agents, samples, inputs)`, outputs `(agents, samples, outputs)`; weights
    `w1 .. w{L+1}` and `b1 ..` as of `multilayer`; links `c1 .. cL` of `(agents, groups, links)`:
    c_10, c_20, c_21, c_30, ... for `dense`, c_10, c_21, c_32, ... for `chain`, places from 0.

    Source: Fan, Li, Xiong and Zeng (2023), arXiv:2305.07037.
    Departs from it: `dense` links, which reach the bound for every H; a chain of 3 reaches 6.
    """

    inputs: Count
    outputs: Count
    widths: Widths
    height: Count = 2
    links: Literal["dense", "chain"] = "dense"
    link_spread: NonNegative = 0.2
    activation: Activation = "relu"
    initial: Initial = "kaiming_normal"
    spread: Positive = 0.2
    bias: Literal["learned", "none"] = "learned"

    def __post_init__(self):
        """Refuses a layer that groups of `height` do not fill."""
        for layer, width in enumerate(self.widths):
            if width % self.height:
                raise ScenarioError(
                    f"widths[{layer}]",
                    found=f"{width} units in groups of {self.height}",
                    expected=f"a multiple of height, {self.height}",
                    fix=f"write {width + self.height - width % self.height}",
                )

    def input_size(self) -> int:
        """Returns the numbers in a sample."""
        return self.inputs

    def output_size(self) -> int:
        """Returns the numbers in an answer."""
        return self.outputs

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns w1, b1, c1, w2, ... in the order of use."""
        sizes = (self.inputs, *self.widths, self.outputs)
        shapes: dict[str, tuple[int, ...]] = {}
        for layer, (into, out) in enumerate(pairwise(sizes), 1):
            shapes[f"w{layer}"] = (into, out)
            if self.bias == "learned":
                shapes[f"b{layer}"] = (out,)
            if self.height > 1 and layer <= len(self.widths):
                shapes[f"c{layer}"] = (out // self.height, self.links_per_group())
        return shapes

    def links_per_group(self) -> int:
        """Returns H (H - 1) / 2 or H - 1."""
        return (self.height - 1) * self.height // 2 if self.links == "dense" else self.height - 1

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Draws the weights of the layers as `initial` says, the links uniformly."""
        shapes = self.weight_shapes()
        linking = {name: shape for name, shape in shapes.items() if name[0] == "c"}
        carrying = {name: shape for name, shape in shapes.items() if name not in linking}
        drawn = initial_weights(carrying, self.initial, self.spread, stream, dtype)
        # The layers took at most two words a weight; the links take those after them.
        taken = 2 * sum(prod(shape) for shape in carrying.values())
        counts = [prod(shape) for shape in linking.values()]
        free = stream.uniform(
            -self.link_spread, self.link_spread, size=(taken + sum(counts),), dtype=dtype
        )
        parts = free[:, taken:].split(counts, 1) if counts else ()
        drawn |= {
            name: part.reshape(-1, *shape)
            for (name, shape), part in zip(linking.items(), parts, strict=True)
        }
        return {name: drawn[name] for name in shapes}

    def layers(self) -> tuple[str, ...]:
        """Names w1 .. w{L+1}."""
        return tuple(f"w{layer}" for layer in range(1, len(self.widths) + 2))

    def synapses(self) -> tuple[Synapses, ...]:
        """Returns w1, c1, w2, ...: into each layer, and the links inside it."""
        return self.joining

    @cached_property
    def joining(self) -> tuple[Synapses, ...]:
        """Keeps the synapses, so that no step lists the links again."""
        found: list[Synapses] = []
        senders = (Places(INPUT, 0, self.inputs),)
        for layer, width in enumerate((*self.widths, self.outputs), 1):
            hidden = layer <= len(self.widths)
            here = (Places(f"hidden{layer}" if hidden else OUTPUT, 0, width),)
            bias = f"b{layer}" if self.bias == "learned" else ""
            found.append(Synapses(f"w{layer}", bias, senders, here))
            if hidden and self.height > 1:
                pairs, times = self.linked_pairs(width), self.height - 1
                links = Synapses(f"c{layer}", "", here, here, "pairs", pairs, times=times)
                found.append(links)
            senders = here
        return tuple(found)

    def linked_pairs(self, width: int) -> tuple[tuple[int, int], ...]:
        """Returns sender and receiver of each link of a layer, group by group, as c holds them."""
        inside: list[tuple[int, int]] = []
        for place in range(self.height):
            _, many = self.heard(place)
            inside += [(before, place) for before in range(place - many, place)]
        return tuple(
            (first + before, first + after)
            for first in range(0, width, self.height)
            for before, after in inside
        )

    def forward(
        self,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
        tap: Tap = untapped,
    ) -> Float[Tensor, "agents samples outputs"]:
        """Computes y for every agent and sample; the parts are g^1 .. g^L, as `hidden1 ..`."""
        h, last = inputs, len(self.widths) + 1
        for layer in range(1, last):
            h = tap(f"hidden{layer}", self.layer(weights, layer, h))
        return affine(h, weights[f"w{last}"], weights.get(f"b{last}"))

    def layer(self, weights: Weights, layer: int, inputs: Tensor) -> Tensor:
        """Returns the units of one layer, place by place through all groups at once."""
        phi = ACTIVATIONS[self.activation]
        ahead = affine(inputs, weights[f"w{layer}"], weights.get(f"b{layer}"))
        if self.height == 1:
            return phi(ahead)
        across = ahead.transpose(1, 2).unflatten(1, (-1, self.height))
        c = weights[f"c{layer}"][..., None]
        g: list[Tensor] = []
        for place in range(self.height):
            heard = across[:, :, place]
            start, many = self.heard(place)
            if many:
                before = torch.stack(g[-many:], 2)
                heard = heard + (c[:, :, start : start + many] * before).sum(2)
            g.append(phi(heard))
        return torch.stack(g, 2).flatten(1, 2).transpose(1, 2)

    def heard(self, place: int) -> tuple[int, int]:
        """Returns where in c the links into a place of a group begin, and how many they are."""
        if self.links == "chain":
            return max(0, place - 1), min(place, 1)
        return place * (place - 1) // 2, place
