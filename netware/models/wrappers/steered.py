"""Steered: a model one of whose hidden layers is moved along a direction of each agent's own."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import normalize

from netware.errors import ScenarioError
from netware.models.base import AbstractModel, Intervention, State, Steering, Tap, Weights, untapped
from netware.models.wrappers.base import (
    AbstractSteered,
    blank_state,
    hidden_width,
    in_context,
    refuse_waiting,
)
from netware.parameters import Index, Member, Real


CONTROLS = ("strength", "removal", "contrast")


@dataclass(frozen=True)
class Steered(AbstractSteered):
    """Computes what its base computes, with one hidden layer moved as each agent's state says.

    h <- h - removal (h . v) v + strength v + contrast (h+ - h-),   v = direction / |direction|

    h+ and h- are what the layer answers to the same sample with one of its numbers, the context,
    set to `positive` and to `negative`. While the columns are 0, or not there, it is the base.

    Args:
        base: What is steered: a model with hidden layers that it traces.
        layer: The hidden layer that is moved, by its name in the trace, such as `hidden1`.
        context: Number of a sample that says in which context it is seen, the first being 0. [1]
        positive: Value of that number for h+. [1]
        negative: Value of that number for h-. [1]

    Shapes: as the base; columns of state that it reads: `direction` `(agents, units)`,
    `strength`, `removal` and `contrast` `(agents,)`.

    Source: Zou et al. (2023), arXiv:2310.01405, section 3.2 (linear combination, projection, and
    contrast vectors).
    Departs from it: one layer, not several.
    """

    base: Annotated[AbstractModel, Member("models")]
    layer: str = "hidden1"
    context: Index = 0
    positive: Real = 1.0
    negative: Real = -1.0

    def __post_init__(self):
        """Refuses a base that cannot be moved in that layer, and a context that is not there."""
        refuse_waiting(self.base)
        if "direction" in self.base.state_shapes():
            raise ScenarioError(
                "base",
                found="a model that is steered already",
                expected="a model with one direction an agent",
                fix="steer one layer, and the model itself",
            )
        shapes, size = self.base.weight_shapes(), self.base.input_size()
        zeros = {name: torch.zeros(1, *shape) for name, shape in shapes.items()}
        still = {self.layer: Intervention(torch.zeros(1, 1, self.width))}
        try:
            self.base.forward(
                zeros, torch.zeros(1, 1, size), blank_state(self.base), Steering(still)
            )
        except ScenarioError as error:
            (problem,) = error.problems
            told = {"found": problem.found, "expected": problem.expected, "fix": problem.fix}
            raise ScenarioError("base", **told) from error
        if self.context >= size:
            raise ScenarioError(
                "context",
                found=f"number {self.context} of samples of {size}",
                expected=f"0 to {size - 1}",
                fix=f"write 'context: {size - 1}'",
            )

    @cached_property
    def width(self) -> int:
        """Returns the units of the layer."""
        return hidden_width(self.base, self.layer, "layer")

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns what the base reads, the direction, and how far the layer is moved."""
        own = {"direction": (self.width,)} | {name: () for name in CONTROLS}
        return self.base.state_shapes() | own

    def layers(self) -> tuple[str, ...]:
        """Names the matrices of the base."""
        return self.base.layers()

    def forward(
        self,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
        tap: Tap = untapped,
    ) -> Float[Tensor, "agents samples outputs"]:
        """Computes y for every agent and sample; the tap receives the layer as it was moved."""
        move = self.move(weights, inputs, state)
        if move is not None:
            tap = Steering({self.layer: move}, tap)
        return self.base.forward(weights, inputs, state, tap)

    def move(self, weights: Weights, inputs: Tensor, state: State) -> Intervention | None:
        """Returns how the layer is moved, or None where nothing moves it."""
        if not any(name in state for name in CONTROLS):
            return None
        remove, add = None, inputs.new_zeros(len(inputs), 1, self.width)
        if "direction" in state:
            unit = normalize(state["direction"], dim=-1)[:, None]
            if "strength" in state:
                add = state["strength"][:, None, None] * unit
            if "removal" in state:
                remove = state["removal"].sqrt()[:, None, None] * unit
        if "contrast" in state:
            add = add + state["contrast"][:, None, None] * self.contrast(weights, inputs, state)
        return Intervention(add, remove)

    def contrast(self, weights: Weights, inputs: Tensor, state: State) -> Tensor:
        """Returns h+ - h- of every sample."""
        high, low = (
            self.base.trace(weights, in_context(inputs, self.context, value), state)[self.layer]
            for value in (self.positive, self.negative)
        )
        return high - low
