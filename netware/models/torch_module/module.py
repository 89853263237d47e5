"""Module: a torch.nn.Module of the user's own, with weights for every agent."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.func import functional_call

from netware.draws import Stream
from netware.errors import ScenarioError
from netware.models.base import FIXED, AbstractModel, State, Tap, Weights, untapped
from netware.models.layers.synapses import INPUT, OUTPUT, Places, Synapses
from netware.models.torch_module.constructions import SIZE_ASKED, Constructions
from netware.models.torch_module.fan_in import drawn_by_fan_in
from netware.models.torch_module.foreign import as_for_learning, tapped_leaves, told, type_of
from netware.models.torch_module.linear_chain import Link, linear_chain
from netware.models.torch_module.notes import notes_of
from netware.models.torch_module.trial import CallTrial, Found
from netware.parameters import Index
from netware.scenario.members.catalog import find


RESHAPED = (
    torch.nn.RNNBase,
    torch.nn.RNNCellBase,
    torch.nn.MultiheadAttention,
    torch.nn.Embedding,
    torch.nn.EmbeddingBag,
    torch.nn.modules.conv._ConvNd,
)
"""Layers whose sizes do not say how many numbers are in a sample, which forward reshapes."""
Argument = bool | int | float | str | None | tuple[Any, ...] | dict[str, Any]


@dataclass(frozen=True)
class Module(AbstractModel):
    """Computes what a torch.nn.Module of your own computes, for all agents at once.

    y_i = module(x_i; theta_i),   x_i the samples of agent i, theta_i its own parameters

    Your class needs no change. It is constructed once for each agent, under a seed that depends on
    the run's seed, the replica and the agent alone, so agents begin as the constructor draws:
    parameters that require a gradient become weights under their own names and shapes (tied ones
    once), buffers and other parameters that chance decides on become columns of state
    `fixed.<name>`, which nothing learns; those that it does not are shared by all agents. 100,000
    agents of two small Linear layers take 15 s to construct, one after the other.

    It computes in `eval` mode (dropout off, batch norm with its running values) and is called with
    one agent's samples `(samples, inputs)`; it answers a row for each, `(samples, outputs)` or
    `(samples,)`; what further axes hold is laid in a row. One that fails on these and takes one
    sample `(inputs,)`, or whole numbers, is given those. nn.RNN, GRU and LSTM are computed by
    batched products in place of their kernels; what vmap cannot take is called agent by agent,
    which is slower. `check` and `run` say so, and of a module that mixes samples. One that keeps
    state, draws in `forward`, or answers anything but one tensor of real numbers is refused.

    Args:
        path: Dotted path of the class, `my_lab.nets.Policy`, importable from where you run.
        arguments: What its constructor takes, by name.
        inputs: Numbers in a sample; 0 to read them off the module, from `in_features` of its own
            or of its first layer. [1]
        initial: How agents begin: `constructor`, or, cheaper for very many agents, `fan_in`: what
            chance decides on in U(-1/sqrt(fan_in), 1/sqrt(fan_in)), whatever the constructor draws.

    Shapes: inputs `(agents, samples, inputs)`, outputs `(agents, samples, outputs)`, weights
    `(agents, ...)` as the module has them, so a Linear's are `(agents, out, in)`. The trace has
    what named leaf modules answer `(samples, units)`, a second call of one as `name.2`.

    Source: Paszke et al. (2019), NeurIPS 32 (PyTorch), arXiv:1912.01703.
    Departs from it: nothing.
    """

    path: str
    arguments: dict[str, Argument] = field(default_factory=dict)
    inputs: Index = 0
    initial: Literal["constructor", "fan_in"] = "constructor"

    def __post_init__(self):
        """Builds the module and tries it on two agents, so that a mistake shows before a run."""
        if self.initial == "fan_in" and self.own_fixed:
            raise ScenarioError(
                "initial",
                found=f"fan_in, and {self.path} draws '{self.own_fixed[0]}', which does not learn",
                expected="constructor, which draws for each agent what belongs together",
                fix="leave 'initial' out",
            )
        _ = self.found

    @cached_property
    def constructions(self) -> Constructions:
        """Returns the class and what it is constructed with."""
        cls = find("models", self.path)
        if not issubclass(cls, torch.nn.Module):
            raise ScenarioError(
                "path",
                found=f"'{self.path}' is no torch.nn.Module",
                expected="a class that inherits from torch.nn.Module",
                fix=f"write 'type: {self.path}' if it is a model of netware's kind",
            )
        return Constructions(self.path, cls, self.arguments, self.inputs)

    @property
    def built(self) -> torch.nn.Module:
        """Returns the instance that computes; its parameters are a pattern for the agents'."""
        return self.constructions.pattern

    @cached_property
    def found(self) -> Found:
        """Returns how the module is called, found by asking two agents."""
        _ = self.constructions.differing
        return CallTrial(self.constructions, self.input_size()).found()

    @cached_property
    def own_fixed(self) -> tuple[str, ...]:
        """Names what does not learn and belongs to one construction, so to one agent."""
        own = self.constructions.differing
        return tuple(name for name in self.constructions.fixed if name in own)

    def input_size(self) -> int:
        """Returns the numbers in a sample, as declared or as the module tells."""
        if self.inputs:
            return self.inputs
        for part in self.built.modules():
            size = getattr(part, "in_features", None)
            if isinstance(size, int) and size > 0:
                return size
            if isinstance(part, RESHAPED):
                break
        raise ScenarioError(
            "inputs",
            found=f"the first layer of {self.path} has no 'in_features'",
            expected="the numbers in one sample",
            fix=SIZE_ASKED.format(self.path),
        )

    def output_size(self) -> int:
        """Returns the numbers in an answer."""
        return self.found.outputs

    def notes(self) -> tuple[str, ...]:
        """Says what is computed otherwise than one may expect."""
        return notes_of(self.path, self.built, self.found)

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns the shape of every parameter that learns, under the module's own names."""
        return {name: tuple(values.shape) for name, values in self.constructions.learning.items()}

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns the shape of what does not learn and is each agent's own, as `fixed.<name>`."""
        fixed = self.constructions.fixed
        return {FIXED + name: tuple(fixed[name].shape) for name in self.own_fixed}

    @cached_property
    def placed(self) -> dict[tuple[torch.device, torch.dtype], dict[str, Tensor]]:
        """Keeps what `sharing` has put on a device, so that no step copies it again."""
        return {}

    def sharing(self, like: Tensor) -> dict[str, Tensor]:
        """Returns what all agents share, on the device, and in the type, of `like`."""
        key = (like.device, like.dtype)
        if key not in self.placed:
            fixed = self.constructions.fixed.items()
            self.placed[key] = {
                name: values.to(like.device, type_of(values, like.dtype))
                for name, values in fixed
                if name not in self.own_fixed
            }
        return self.placed[key]

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Returns what the constructor draws, construction by construction."""
        if self.initial == "fan_in":
            differing = self.constructions.differing
            return drawn_by_fan_in(self.constructions.learning, differing, stream, dtype)
        return self.constructed(tuple(self.constructions.learning), stream, dtype)

    def init_state(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Returns what does not learn and belongs to the constructions that `init` returns."""
        if not self.own_fixed:
            return {}
        fixed = self.constructed(self.own_fixed, stream, dtype)
        return {FIXED + name: values for name, values in fixed.items()}

    def constructed(
        self, names: tuple[str, ...], stream: Stream, dtype: torch.dtype
    ) -> dict[str, Tensor]:
        """Returns named tensors of the construction of each agent, on the device of the stream."""
        each = self.constructions.of_each(stream.words((2,)).cpu(), names)
        return {
            name: values.to(stream.keys.device, type_of(values, dtype)).contiguous()
            for name, values in each.items()
        }

    def forward(
        self,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
        tap: Tap = untapped,
    ) -> Float[Tensor, "agents samples outputs"]:
        """Computes y for every agent and sample; the parts are what leaf modules answer."""
        if absent := [name for name in self.own_fixed if FIXED + name not in state]:
            raise self.failed(f"agents without the column '{FIXED}{absent[0]}' of their own")
        if self.found.call.whole and not bool((inputs == inputs.round()).all()):
            raise self.failed("samples that are no whole numbers, for a module that takes those")
        if self.found.flat and any(values.requires_grad for values in weights.values()):
            raise self.failed(f"forward has no derivative to learn by: {self.found.flat}")
        own = {**weights, **{name: state[FIXED + name] for name in self.own_fixed}}
        parts = frozenset() if tap is untapped else self.parts
        try:
            y = self.found.call.all(self.built, self.sharing(inputs), own, inputs, tap, parts)
        except ScenarioError:
            raise
        except Exception as error:
            raise self.failed(f"forward fails: {told(error)}") from error
        return y.reshape(*inputs.shape[:2], self.found.outputs).to(inputs.dtype)

    def failed(self, found: str) -> ScenarioError:
        """Returns the error for a forward pass that cannot be taken."""
        return ScenarioError(
            self.path,
            found=found,
            expected="a forward pass that takes what the agents are given",
            fix="change the module or its inputs as the message says",
        )

    @cached_property
    def chain(self) -> tuple[Link, ...]:
        """Returns the Linear parts from input to output, where they are all that learns."""
        if self.own_fixed:
            return ()
        fixed, learning = self.sharing(torch.zeros(1)), self.constructions.learning
        return linear_chain(self.built, learning, fixed, self.input_size())

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

        Found by asking one agent with samples of 0, seven and then eleven.
        """
        call = self.found.call
        if call.single and not call.batched:
            return frozenset()
        return self.parts_of(7) & self.parts_of(11)

    def parts_of(self, samples: int) -> frozenset[str]:
        """Returns the calls of leaves that answer a row for each of some samples of 0."""
        call = self.found.call
        x = torch.zeros(samples, self.input_size())
        answers: dict[str, Tensor] = {}

        def leaf(name: str, h: Tensor) -> Tensor:
            answers[name] = h
            return h

        tensors = {**self.constructions.fixed, **self.constructions.learning}
        given = x.long() if call.whole else x
        given = given[0] if call.single else given
        with tapped_leaves(self.built, leaf), torch.no_grad(), as_for_learning(x.dtype):
            y = functional_call(self.built, tensors, (given,))
        return frozenset(
            name
            for name, h in answers.items()
            if h is not y and name != "output" and h.shape[:-1] == given.shape[:-1] and h.dim()
        )
