"""Compositional pattern-producing network: a weight from the places of the two neurons it joins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Annotated, Literal

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from netware.draws import Stream
from netware.errors import ScenarioError
from netware.models.base import AbstractModel, State, Tap, Weights, affine, untapped
from netware.models.layers.initial import Initial, initial_weights
from netware.parameters import Count, Positive


Function = Literal["sin", "cos", "gaussian", "tanh", "sigmoid", "abs", "square", "identity"]

FUNCTIONS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "sin": torch.sin,
    "cos": torch.cos,
    "gaussian": lambda x: torch.exp(-x.square()),
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "abs": torch.abs,
    "square": torch.square,
    "identity": lambda x: x,
}
CANONICAL: tuple[tuple[Function, ...], ...] = (
    ("gaussian", "gaussian", "sin", "sin", "sigmoid", "sigmoid", "abs", "identity"),
)


@dataclass(frozen=True)
class Cppn(AbstractModel):
    """Computes the weight of each synapse from where its two neurons are.

    h^0 = (x1, y1, x2, y2),   h^l_j = phi_lj((h^{l-1} W^l + b^l)_j),   o = tanh(h^L W + b)
    w = 0 where |o| <= threshold, else sign(o) largest (|o| - threshold) / (1 - threshold)

    Each unit has a function of its own: an even one makes symmetry, a periodic one repetition.
    What it makes does not depend on how many neurons it is asked for. As the generators of a
    relation `synapse_generation`, agents of this model make the weights of others.

    Args:
        outputs: Weights of each pair of places: one for each matrix that is generated. [1]
        inputs: Coordinates of a synapse: 2 of each end. [1]
        functions: Those of the hidden units, layer by layer: `sin`, `cos`, `gaussian` exp(-x^2),
            `tanh`, `sigmoid`, `abs`, `square` or `identity`.
        threshold: Answer from which a synapse is expressed at all, below 1. [1]
        largest: Weight of an answer of 1. [1]
        initial: How weights are drawn, under PyTorch's name; `uniform` is U(-spread, spread)
            for weights and biases alike.
        spread: Half width of `uniform`, or standard deviation of `normal`. [1]

    Shapes: inputs `(agents, samples, inputs)`, outputs `(agents, samples, outputs)`,
    weights `w1 .. w{L+1}` of `(agents, in, out)`, `b1 ..` of `(agents, out)`.

    Source: Stanley, D'Ambrosio and Gauci (2009), Artif. Life 15, 185,
    doi:10.1162/artl.2009.15.2.15202; CPPN: Stanley (2007), Genet. Program. Evolvable Mach. 8, 131,
    doi:10.1007/s10710-007-9028-8.
    Departs from it: units stand in layers, fixed beforehand; NEAT grows any graph of them.
    """

    outputs: Count = 1
    inputs: Count = 4
    functions: tuple[Annotated[tuple[Function, ...], Field(min_length=1)], ...] = CANONICAL
    threshold: Annotated[float, Field(ge=0, lt=1)] = 0.2
    largest: Positive = 3.0
    initial: Initial = "uniform"
    spread: Positive = 1.0

    def __post_init__(self):
        """Refuses a layer without units."""
        if not all(self.functions):
            raise ScenarioError(
                "functions",
                found="a layer without units",
                expected="at least one function for each layer",
                fix="write 'functions: [[gaussian, sin, sigmoid, identity]]'",
            )

    def input_size(self) -> int:
        """Returns the coordinates of a synapse."""
        return self.inputs

    def output_size(self) -> int:
        """Returns the weights of each pair of places."""
        return self.outputs

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns w1, b1, w2, b2, ... in the order of use."""
        sizes = (self.inputs, *(len(layer) for layer in self.functions), self.outputs)
        shapes: dict[str, tuple[int, ...]] = {}
        for layer, (into, out) in enumerate(pairwise(sizes), 1):
            shapes |= {f"w{layer}": (into, out), f"b{layer}": (out,)}
        return shapes

    def layers(self) -> tuple[str, ...]:
        """Names w1 .. w{L+1}."""
        return tuple(f"w{layer}" for layer in range(1, len(self.functions) + 2))

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Draws each layer as `initial` says."""
        return initial_weights(self.weight_shapes(), self.initial, self.spread, stream, dtype)

    def forward(
        self,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
        tap: Tap = untapped,
    ) -> Float[Tensor, "agents samples outputs"]:
        """Computes the weights of every synapse; the parts are h^1 .., as `hidden1 ..`, and o.

        o is called `pattern`.
        """
        h = inputs
        for layer, functions in enumerate(self.functions, 1):
            h = answered(affine(h, weights[f"w{layer}"], weights[f"b{layer}"]), functions)
            h = tap(f"hidden{layer}", h)
        last = len(self.functions) + 1
        o = torch.tanh(affine(h, weights[f"w{last}"], weights[f"b{last}"]))
        return self.expressed(tap("pattern", o))

    def expressed(self, o: Float[Tensor, "agents samples outputs"]) -> Tensor:
        """Returns weights: 0 below the threshold, from there linear up to `largest`."""
        above = (o.abs() - self.threshold).clamp(min=0)
        return o.sign() * above * (self.largest / (1 - self.threshold))


def answered(
    h: Float[Tensor, "agents samples units"], functions: tuple[Function, ...]
) -> Float[Tensor, "agents samples units"]:
    """Returns what each unit makes of what it receives, units of one function in a row at once."""
    runs = [(function, len(list(run))) for function, run in groupby(functions)]
    parts = h.split([many for _, many in runs], 2)
    answers = [FUNCTIONS[name](part) for (name, _), part in zip(runs, parts, strict=True)]
    return answers[0] if len(answers) == 1 else torch.cat(answers, 2)
