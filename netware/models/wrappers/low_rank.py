"""Low rank: a model whose weights stay, and a difference of low rank to each that learns."""

from dataclasses import dataclass, replace
from math import prod, sqrt
from typing import Annotated

import torch
from jaxtyping import Float
from torch import Tensor

from netware.draws import Stream
from netware.errors import ScenarioError
from netware.models.base import AbstractModel, State, Tap, Weights, untapped
from netware.models.layers.synapses import Product, Synapses
from netware.models.wrappers.base import AbstractAdapted, refuse_waiting
from netware.parameters import Count, Member, Positive


@dataclass(frozen=True)
class LowRank(AbstractAdapted):
    """Computes what its base computes with W + scale A B in place of each weight W.

    Delta W = scale A B,   A of (in, rank), B of (rank, out);   B = 0 at the start

    Each agent has an A and a B of its own for every matrix that carries input to output. To keep
    W as it is, learn A and B alone: their names end in `.down` and `.up`.

    Args:
        base: What is adapted: a model with layers, such as multilayer.
        rank: r, the largest rank of a difference. [1]
        scale: Factor of A B, the lora_alpha / r of the literature. [1]

    Shapes: as the base, whose weights it holds; beside each matrix `w` of `(agents, in, out)`
    `w.down` of `(agents, in, rank)` and `w.up` of `(agents, rank, out)`.

    Source: Hu et al. (2022), Int. Conf. Learn. Represent., arXiv:2106.09685.
    Departs from it: nothing.
    """

    base: Annotated[AbstractModel, Member("models")]
    rank: Count = 8
    scale: Positive = 2.0

    def __post_init__(self):
        """Refuses a base without layers."""
        refuse_waiting(self.base)
        if not self.base.layers():
            raise ScenarioError(
                "base",
                found=f"a model without layers, {type(self.base).__name__}",
                expected="a model whose weights carry input to output layer by layer",
                fix="write 'base: {type: multilayer, ...}'",
            )

    def adapters(self) -> dict[str, tuple[int, ...]]:
        """Returns the shapes of A and B of each matrix, by name."""
        shapes = self.base.weight_shapes()
        found: dict[str, tuple[int, ...]] = {}
        for name in self.base.layers():
            into, out = shapes[name]
            found |= {f"{name}.down": (into, self.rank), f"{name}.up": (self.rank, out)}
        return found

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns the weights of the base, then A and B of each matrix."""
        return self.base.weight_shapes() | self.adapters()

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Draws the base as it does, A from U(-1/sqrt(in), 1/sqrt(in)), and B as zero.

        The base took at most two words a weight; A takes those after them.
        """
        weights = self.base.init(stream, dtype)
        agents, taken = len(stream.words()), 2 * self.base.parameter_count()
        down = {name: shape for name, shape in self.adapters().items() if name.endswith(".down")}
        counts = [prod(shape) for shape in down.values()]
        drawn = stream.uniform(-1.0, 1.0, size=(taken + sum(counts),), dtype=dtype)
        parts = dict(zip(down, drawn[:, taken:].split(counts, 1), strict=True))
        for name, shape in self.adapters().items():
            if name in parts:
                weights[name] = (parts[name] / sqrt(shape[0])).reshape(agents, *shape)
            else:
                weights[name] = drawn.new_zeros(agents, *shape)
        return weights

    def synapses(self) -> tuple[Synapses, ...]:
        """Returns the matrices of the base, each with its difference."""
        layers = self.base.layers()
        return tuple(
            replace(one, added=Product(f"{one.weight}.down", f"{one.weight}.up", self.scale))
            if one.weight in layers
            else one
            for one in self.base.synapses()
        )

    def flops(self) -> int:
        """Returns those of the base; A B is made once for all samples."""
        return self.base.flops()

    def merged(self, weights: Weights) -> dict[str, Tensor]:
        """Returns the weights of the base with W + scale A B in place of W."""
        own = {name: weights[name] for name in self.base.weight_shapes()}
        for name in self.base.layers():
            down, up = weights[f"{name}.down"], weights[f"{name}.up"]
            own[name] = torch.baddbmm(own[name], down, up, alpha=self.scale)
        return own

    def forward(
        self,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
        tap: Tap = untapped,
    ) -> Float[Tensor, "agents samples outputs"]:
        """Computes y for every agent and sample; the parts are those of the base."""
        return self.base.forward(self.merged(weights), inputs, state, tap)

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns the columns of state that the base reads."""
        return self.base.state_shapes()
