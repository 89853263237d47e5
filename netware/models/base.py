"""The contract of a model, and the batched products that models share."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from netware.draws import Stream
from netware.errors import ScenarioError
from netware.models.layers.synapses import (
    INPUT,
    OUTPUT,
    Connections,
    Places,
    Recursion,
    Synapses,
)
from netware.tasks.base import Examples
from netware.tasks.cues import Sample, corrupted


Weights = Mapping[str, Tensor]
Draw = Callable[[], Weights]
State = Mapping[str, Tensor]


Tap = Callable[[str, Tensor], Tensor]
"""Takes what a part of each agent answers, and returns what the other parts receive of it."""


def untapped(part: str, h: Tensor) -> Tensor:
    """Returns what a part answers as it is."""
    return h


@dataclass(frozen=True)
class Recording:
    """A tap that records what each part answers, in the order of use.

    Args:
        parts: What was recorded, by the names of the parts.
    """

    parts: dict[str, Tensor] = field(default_factory=dict)

    def __call__(self, part: str, h: Tensor) -> Tensor:
        """Records what a part answers, and returns it."""
        self.parts[part] = h
        return h


@dataclass(frozen=True)
class Intervention:
    """A change of what a part of each agent answers, before other parts receive it.

    h <- h - (h . r) r + a

    Args:
        add: a, the same for all samples or one for each.
        remove: r, or nothing to take out.
    """

    add: Float[Tensor, "*agents samples units"]
    remove: Float[Tensor, "*agents 1 units"] | None = None

    def of(self, h: Float[Tensor, "*agents samples units"]) -> Tensor:
        """Returns what is received in place of h."""
        if self.remove is not None:
            h = h - (h * self.remove).sum(-1, keepdim=True) * self.remove
        return h + self.add


@dataclass(frozen=True)
class Steering:
    """A tap that intervenes in some parts, then hands all parts to another tap.

    Args:
        interventions: Changes by the names of parts.
        then: The tap that receives what comes out.
    """

    interventions: Mapping[str, Intervention]
    then: Tap = untapped

    def __call__(self, part: str, h: Tensor) -> Tensor:
        """Returns what others receive of a part."""
        if part in self.interventions:
            h = self.interventions[part].of(h)
        return self.then(part, h)


class AbstractModel(ABC):
    """What every agent of a population computes, each with weights of its own.

    A model is a frozen dataclass whose fields are its YAML parameters. It holds sizes, never
    tensors: weights and state are the population's and begin with the agent axis. `forward` is a
    pure, differentiable function of the weights, so that a hypernetwork may supply them and a
    learning rule may ask for their gradient.

    A new model is one file: the five abstract methods, and whichever of the others say more than
    their default.
    """

    responds: ClassVar[bool] = True
    """Whether the agents compute an output from their input at every step (a memory waits)."""

    @abstractmethod
    def input_size(self) -> int:
        """Returns how many numbers one sample gives an agent."""

    @abstractmethod
    def output_size(self) -> int:
        """Returns how many numbers an agent answers."""

    @abstractmethod
    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns the shape of each weight of one agent, by name, in the order of use."""

    @abstractmethod
    def forward(
        self,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
        tap: Tap = untapped,
    ) -> Float[Tensor, "agents samples outputs"]:
        """Computes the answers of all agents to all their samples.

        Each hidden part, by name and in the order of use, goes through the tap before the next
        part receives it: `h = tap("hidden1", h)`. So one forward pass is computed, recorded and
        steered. What the tap returns has the shape of h, `(agents, samples, units)`.
        """

    @abstractmethod
    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Draws the weights of all agents `[agents, ...]`, by name."""

    def init_state(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Draws columns of state that agents begin with beside those of the scenario, by name.

        From the stream that `init` draws from, so what belongs to a weight can go with it.
        """
        return {}

    def notes(self) -> tuple[str, ...]:
        """Says, a sentence each, what of the computation is otherwise than one may expect."""
        return ()

    def store(self, draw: Draw, examples: Examples, replica: Tensor) -> dict[str, Tensor]:
        """Returns the weights after the agents were shown the task once, before the first step.

        `draw` draws the weights that they would have without; a model that stores in place of these
        leaves it alone. `replica` says for each agent which replica's examples are its own.
        Memories store patterns here; other models learn by rules and return what is drawn.
        """
        return dict(draw())

    def presented(
        self, examples: Examples, sample: Sample, corruption: float, stream: Stream
    ) -> tuple[Tensor, Tensor]:
        """Returns what each agent is shown of a task, and what it should answer.

        By default an example of the task, each of whose features is replaced, with probability
        `corruption` and agent by agent, by that feature of another example.
        """
        return corrupted(examples, sample, corruption, stream)

    def trace(
        self, weights: Weights, inputs: Float[Tensor, "agents samples inputs"], state: State
    ) -> dict[str, Tensor]:
        """Returns what each part answers `[agents, samples, units]`, by name, the output last."""
        recording = Recording()
        output = self.forward(weights, inputs, state, recording)
        return {**recording.parts, "output": output}

    def synaptic_length(self, weights: Weights) -> Float[Tensor, " agents"]:
        """Returns sum_ij |W_ij| d_ij^gamma of each agent, for models whose neurons have places."""
        raise ScenarioError(
            "model",
            found="neurons without a place",
            expected="a model in space, since something asks how long synapses are",
            fix="write 'model: {type: urn, cube: [x, y, z], ...}'",
        )

    def layers(self) -> tuple[str, ...]:
        """Names the weights `[agents, in, out]` that carry input to output, in order."""
        return ()

    def synapses(self) -> tuple[Synapses, ...]:
        """Returns the matrices of a model all of whose weights lead from units to units.

        Empty for any other. By default those that `layers` names, `w1 ..`, with biases `b1 ..`,
        between hidden layers called `hidden1 ..`, if these are all its weights.
        """
        shapes, names = self.weight_shapes(), self.layers()
        found: list[Synapses] = []
        for layer, name in enumerate(names, 1):
            senders = found[-1].receivers if found else (Places(INPUT, 0, shapes[name][0]),)
            called = OUTPUT if layer == len(names) else f"hidden{layer}"
            bias = f"b{name[1:]}" if f"b{name[1:]}" in shapes else ""
            found.append(Synapses(name, bias, senders, (Places(called, 0, shapes[name][1]),)))
        whole = {name for one in found for name in one.into()} == set(shapes)
        return tuple(found) if whole else ()

    def recursion(self) -> Recursion | None:
        """Returns the one matrix that is applied over and over, of a model that is such a one."""
        return None

    def connections(self) -> Connections:
        """Returns all that it says of which units its weights join, as a checkpoint stores it."""
        return Connections(self.synapses(), self.recursion())

    def log_trace(
        self, weights: Weights, inputs: Float[Tensor, "agents samples inputs"]
    ) -> dict[str, Tensor] | None:
        """Returns ln of what each part answers, of a model whose answers pass the largest number.

        -1e30 or less stands for ln 0. None for all other models, whose trace says it all.
        """
        return None

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns the shape of each column of state that one agent of this model carries."""
        return {}

    def weight_reads(self) -> int:
        """Returns how often one forward pass reads each weight; above 1, chunks pay off."""
        return 1

    def units(self) -> int:
        """Returns how many numbers one agent makes of one sample, hidden ones too, about."""
        wide = sum(shape[-1] for shape in self.weight_shapes().values() if len(shape) > 1)
        return self.input_size() + max(self.weight_reads() * wide, self.output_size())

    def parameter_count(self) -> int:
        """Returns the number of weights of one agent."""
        return sum(prod(shape) for shape in self.weight_shapes().values())

    def flops(self) -> int:
        """Returns the floating point operations of one agent on one sample, about."""
        return 2 * self.weight_reads() * self.parameter_count()


def affine(
    inputs: Float[Tensor, "agents samples inputs"],
    weight: Float[Tensor, "agents inputs outputs"],
    bias: Float[Tensor, "agents outputs"] | None = None,
) -> Float[Tensor, "agents samples outputs"]:
    """Computes x W + b for each agent, in the order of memory that is fast.

    One sample goes through the row form; many go feature-major, as [agents, features, samples],
    which is several times faster for narrow layers. The result may be a transposed view.
    """
    if inputs.shape[1] == 1:
        return (
            torch.bmm(inputs, weight)
            if bias is None
            else torch.baddbmm(bias[:, None], inputs, weight)
        )
    across, down = weight.transpose(1, 2), inputs.transpose(1, 2)
    if bias is None:
        return torch.bmm(across, down).transpose(1, 2)
    return torch.baddbmm(bias[:, :, None], across, down).transpose(1, 2)
