"""Module: a torch.nn.Module of the user's own, with weights for every agent."""

from dataclasses import dataclass, field
from functools import cached_property
from math import prod, sqrt
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.func import functional_call, vmap

from netware.draws import Stream
from netware.errors import ScenarioError
from netware.models.base import AbstractModel, State, Tap, Weights, untapped
from netware.models.layers.synapses import INPUT, OUTPUT, Places, Synapses
from netware.models.torch_module.foreign import (
    AllAgents,
    constructed,
    kept_by,
    tapped_leaves,
    told,
)
from netware.models.torch_module.linear_chain import Link, linear_chain
from netware.parameters import Index
from netware.scenario.members.catalog import find


Argument = bool | int | float | str | None | tuple[Any, ...] | dict[str, Any]


@dataclass(frozen=True)
class Module(AbstractModel):
    """Computes what a torch.nn.Module of your own computes, for all agents in one vmap.

    y_i = module(x_i; theta_i),   x_i the samples of agent i, theta_i its own parameters

    Your class needs no change. It is built in `eval` mode (dropout off, batch norm with its
    running values) and called with one agent's samples `(samples, inputs)`; it answers
    `(samples, outputs)`. Parameters become weights under their own names and shapes, one set an
    agent. Buffers, and parameters that require no gradient, are read-only and shared by all
    agents. A module that keeps state in Python attributes or buffers, draws random numbers in
    `forward`, or returns anything but one tensor is refused.

    A parameter that the constructor draws (it differs between two constructions) is drawn for
    each agent as torch.nn.Linear and the convolutions draw theirs, U(-1/sqrt(fan_in),
    1/sqrt(fan_in)), a bias with the fan_in of its weight; another distribution in the
    constructor is not imitated. A parameter that the constructor sets (norms, zeroed biases, a
    trained network that it loads) is kept, the same for all agents.

    Args:
        path: Dotted path of the class, `my_lab.nets.Policy`, importable from where you run.
        arguments: What its constructor takes, by name.
        inputs: Numbers in a sample; 0 to read them off the module, from `in_features` of its own
            or of its first part that has one. [1]

    Shapes: inputs `(agents, samples, inputs)`, outputs `(agents, samples, outputs)`, weights
    `(agents, ...)` as the module has them, so a Linear's are `(agents, out, in)`. The trace has
    what named leaf modules answer `(samples, units)`, a second call of one as `name.2`.

    Source: Paszke et al. (2019), NeurIPS 32 (PyTorch), arXiv:1912.01703.
    Departs from it: nothing.
    """

    path: str
    arguments: dict[str, Argument] = field(default_factory=dict)
    inputs: Index = 0

    def __post_init__(self):
        """Builds the module and tries it on two agents, so that a mistake shows before a run."""
        _ = self.outputs

    @cached_property
    def constructions(self) -> tuple[torch.nn.Module, torch.nn.Module]:
        """Returns the module twice, with different chance; the first is the one that computes."""
        cls = find("models", self.path)
        if not issubclass(cls, torch.nn.Module):
            raise ScenarioError(
                "path",
                found=f"'{self.path}' is no torch.nn.Module",
                expected="a class that inherits from torch.nn.Module",
                fix=f"write 'type: {self.path}' if it is a model of netware's kind",
            )
        try:
            return constructed(cls, self.arguments, 0), constructed(cls, self.arguments, 1)
        except Exception as error:
            raise ScenarioError(
                "arguments",
                found=f"{cls.__name__} cannot be built: {told(error)}",
                expected="arguments that its constructor takes",
                fix="change 'arguments' as the message says",
            ) from error

    @property
    def built(self) -> torch.nn.Module:
        """Returns the instance that computes; its parameters are a pattern for the agents'."""
        return self.constructions[0]

    @cached_property
    def outputs(self) -> int:
        """Returns the numbers in an answer, found by asking two agents with three samples each."""
        size = self.input_size()
        x = torch.zeros(2, 3, size)
        weights = {name: torch.zeros(2, *shape) for name, shape in self.weight_shapes().items()}
        shared, replaced = self.sharing(x), []

        def one(own: Weights, x: Tensor) -> Any:
            given = {**shared, **own}
            y = functional_call(self.built, given, (x,))
            replaced.extend(name for name in shared if given[name] is not shared[name])
            return y

        before = kept_by(self.built, shared)
        try:
            y = vmap(one, randomness="error")(weights, x)
        except Exception as error:
            raise self.refused(
                f"forward fails on samples of {size} numbers: {told(error)}",
                "a forward pass of tensors alone, (samples, inputs) to (samples, outputs)",
            ) from error
        after = kept_by(self.built, shared)
        if not isinstance(y, Tensor) or y.dim() != 3 or y.shape[1] != 3:
            shape = tuple(y.shape[1:]) if isinstance(y, Tensor) else f"a {type(y).__name__}"
            raise self.refused(f"it answers {shape} to 3 samples", "one tensor (samples, outputs)")
        changed = replaced + [name for name, value in after.items() if before.get(name) != value]
        if changed:
            raise self.refused(
                f"forward changes its own '{changed[0]}'",
                "no state in the module: all agents share this one instance",
            )
        return y.shape[2]

    def refused(self, found: str, expected: str) -> ScenarioError:
        """Returns the error for a module that cannot be used as it is."""
        return ScenarioError(
            "path",
            found=f"{self.path}: {found}",
            expected=expected,
            fix="change the module, or write 'inputs:' if it reads another number",
        )

    def input_size(self) -> int:
        """Returns the numbers in a sample, as declared or as the module tells."""
        if self.inputs:
            return self.inputs
        for part in self.built.modules():
            size = getattr(part, "in_features", None)
            if isinstance(size, int) and size > 0:
                return size
        raise ScenarioError(
            "inputs",
            found=f"no part of {self.path} has 'in_features'",
            expected="the numbers in one sample",
            fix=f"write '{{type: module, path: {self.path}, inputs: 8}}' with your number",
        )

    def output_size(self) -> int:
        """Returns the numbers in an answer."""
        return self.outputs

    @cached_property
    def learning(self) -> dict[str, Tensor]:
        """Returns the parameters that learn, as the constructor made them."""
        named = self.built.named_parameters()
        return {name: values.detach() for name, values in named if values.requires_grad}

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns the shape of every parameter that learns, under the module's own names."""
        return {name: tuple(values.shape) for name, values in self.learning.items()}

    @cached_property
    def placed(self) -> dict[tuple[torch.device, torch.dtype], dict[str, Tensor]]:
        """Keeps what `sharing` has put on a device, so that no step copies it again."""
        return {}

    def sharing(self, like: Tensor) -> dict[str, Tensor]:
        """Returns buffers and fixed parameters on the device, and in the type, of `like`."""
        key = (like.device, like.dtype)
        if key not in self.placed:
            named = (*self.built.named_parameters(), *self.built.named_buffers())
            self.placed[key] = {
                name: values.to(like.device, like.dtype if values.is_floating_point() else None)
                for name, values in named
                if not values.requires_grad
            }
        return self.placed[key]

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Draws for every agent what the constructor draws, and keeps what it sets."""
        agents, device = len(stream.words()), stream.keys.device
        others = dict(self.constructions[1].named_parameters())
        drawn = [name for name, own in self.learning.items() if not torch.equal(own, others[name])]
        weights = {
            name: values.to(device, dtype).expand(agents, *values.shape).clone()
            for name, values in self.learning.items()
        }
        if not drawn:
            return weights
        counts = [self.learning[name].numel() for name in drawn]
        parts = stream.uniform(-1.0, 1.0, size=(sum(counts),), dtype=dtype).split(counts, 1)
        for name, part in zip(drawn, parts, strict=True):
            weights[name] = (part / sqrt(self.fan_in(name))).reshape(weights[name].shape)
        return weights

    def fan_in(self, name: str) -> int:
        """Returns how many numbers a parameter's unit sums: a bias has those of its weight."""
        shape = self.learning[name].shape
        inside = name.rpartition(".")[0]
        siblings = [
            values.shape
            for other, values in self.learning.items()
            if other.rpartition(".")[0] == inside and values.dim() > 1
        ]
        if len(shape) < 2 and siblings:
            shape = siblings[0]
        return prod(shape[1:]) if len(shape) > 1 else prod(shape)

    def forward(
        self,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
        tap: Tap = untapped,
    ) -> Float[Tensor, "agents samples outputs"]:
        """Computes y for every agent and sample; the parts are what leaf modules answer."""
        shared = self.sharing(inputs)

        def one(own: Weights, x: Tensor) -> Tensor:
            return functional_call(self.built, {**shared, **own}, (x,))

        if tap is untapped:
            return vmap(one, randomness="error")(dict(weights), inputs)

        parts = self.parts

        def leaf(call: str, h: Tensor) -> Tensor:
            return AllAgents.apply(call, h, tap) if call in parts else h

        with tapped_leaves(self.built, leaf):
            return vmap(one, randomness="error")(dict(weights), inputs)

    @cached_property
    def chain(self) -> tuple[Link, ...]:
        """Returns the Linear parts from input to output, where they are all that learns."""
        fixed = self.sharing(torch.zeros(1))
        return linear_chain(self.built, self.learning, fixed, self.input_size())

    def synapses(self) -> tuple[Synapses, ...]:
        """Returns the matrices of a chain of Linear parts; none of any other module.

        A hidden layer is what the next Linear receives, after the activation between them.
        """
        shapes, found = self.weight_shapes(), list[Synapses]()
        senders = (Places(INPUT, 0, self.input_size()),)
        for layer, link in enumerate(self.chain, 1):
            inside = f"{link.name}." if link.name else ""
            many, last = shapes[f"{inside}weight"][0], layer == len(self.chain)
            parts = (link.shown_by,) if link.shown_by in self.parts and not last else ()
            called = OUTPUT if last else f"hidden{layer}"
            here = (Places(called, 0, many, parts, last or bool(parts)),)
            bias = f"{inside}bias" if link.bias else ""
            found.append(Synapses(f"{inside}weight", bias, senders, here, "receivers"))
            senders = here
        return tuple(found)

    @cached_property
    def parts(self) -> frozenset[str]:
        """Returns the calls of leaves that answer `(samples, units)` and not the output itself.

        Found by asking one agent with seven samples of 0.
        """
        x = torch.zeros(7, self.input_size())
        answers: dict[str, Tensor] = {}

        def leaf(call: str, h: Tensor) -> Tensor:
            answers[call] = h
            return h

        with tapped_leaves(self.built, leaf), torch.no_grad():
            y = functional_call(self.built, self.sharing(x), (x,))
        return frozenset(
            call
            for call, h in answers.items()
            if h is not y and call != "output" and h.shape[:-1] == x.shape[:-1]
        )
