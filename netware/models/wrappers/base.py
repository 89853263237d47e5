"""What models share that wrap another one: sizes, weights and parts are those of the base."""

from abc import abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor

from netware.draws import Stream
from netware.errors import ScenarioError
from netware.models.base import AbstractModel, Draw, Weights
from netware.models.layers.synapses import Recursion, Synapses
from netware.tasks.base import Examples
from netware.tasks.cues import Sample


class AbstractWrapper(AbstractModel):
    """A model that computes what its base does, but for one thing.

    Its weights hold the base's under their own names, so rules and probes find them there.
    """

    base: AbstractModel

    def input_size(self) -> int:
        """Returns the numbers in a sample, as the base has them."""
        return self.base.input_size()

    def output_size(self) -> int:
        """Returns the numbers in an answer, as the base has them."""
        return self.base.output_size()

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns the weights of the base."""
        return self.base.weight_shapes()

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Draws the weights of the base as it does."""
        return self.base.init(stream, dtype)

    def init_state(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Draws the columns that agents of the base begin with."""
        return self.base.init_state(stream, dtype)

    def notes(self) -> tuple[str, ...]:
        """Says what the base says."""
        return self.base.notes()

    def store(self, draw: Draw, examples: Examples, replica: Tensor) -> dict[str, Tensor]:
        """Returns the weights after the base was shown the task once."""
        weights = draw()
        own = {name: weights[name] for name in self.base.weight_shapes()}
        return {**weights, **self.base.store(lambda: own, examples, replica)}

    def presented(
        self, examples: Examples, sample: Sample, corruption: float, stream: Stream
    ) -> tuple[Tensor, Tensor]:
        """Returns what the base would be shown of a task."""
        return self.base.presented(examples, sample, corruption, stream)

    def synapses(self) -> tuple[Synapses, ...]:
        """Returns the matrices of the base."""
        return self.base.synapses()

    def recursion(self) -> Recursion | None:
        """Returns the recursion that the base is."""
        return self.base.recursion()

    def synaptic_length(self, weights: Weights) -> Float[Tensor, " agents"]:
        """Returns the length of the base's synapses."""
        return self.base.synaptic_length(weights)

    def weight_reads(self) -> int:
        """Returns how often the base reads each weight."""
        return self.base.weight_reads()

    def units(self) -> int:
        """Returns how many numbers the base makes of a sample."""
        return self.base.units()


class AbstractSteered(AbstractWrapper):
    """A model one of whose hidden layers is moved along the column `direction` of each agent."""

    @property
    @abstractmethod
    def width(self) -> int:
        """Returns the units of the layer."""


class AbstractAdapted(AbstractWrapper):
    """A model whose base may stay as it is while weights beside it learn."""

    @abstractmethod
    def adapters(self) -> dict[str, tuple[int, ...]]:
        """Returns the shapes of the weights beside the base's, by name."""


def parts(model: AbstractModel) -> dict[str, int]:
    """Returns the width of every part that a model traces, the output last."""
    zeros = {name: torch.zeros(1, *shape) for name, shape in model.weight_shapes().items()}
    traced = model.trace(zeros, torch.zeros(1, 1, model.input_size()), blank_state(model))
    return {name: h.shape[-1] for name, h in traced.items()}


def blank_state(model: AbstractModel) -> dict[str, Tensor]:
    """Returns the columns that a model reads, of one agent and all 0."""
    return {name: torch.zeros(1, *shape) for name, shape in model.state_shapes().items()}


def hidden_width(model: AbstractModel, layer: str, where: str) -> int:
    """Returns the width of a hidden part, or says which there are."""
    known = parts(model)
    known.pop("output")
    if layer not in known:
        shown = ", ".join(known)
        raise ScenarioError(
            where,
            found=f"no hidden layer '{layer}' in {type(model).__name__}",
            expected=f"one of {shown}" if known else "a model with hidden layers that it traces",
            fix=f"write '{next(iter(known))}'" if known else "write 'type: multilayer' there",
        )
    return known[layer]


def in_context(
    inputs: Float[Tensor, "agents samples inputs"], context: int, value: float
) -> Float[Tensor, "agents samples inputs"]:
    """Returns the samples with one of their numbers, the context, set to a value."""
    at = torch.full((1,), context, device=inputs.device)
    return inputs.index_fill(2, at, value)


def refuse_waiting(model: AbstractModel) -> None:
    """Refuses a base that does not answer by itself."""
    if not model.responds:
        raise ScenarioError(
            "base",
            found=f"a model that waits to be asked, {type(model).__name__}",
            expected="a model that answers its input at every step",
            fix="write 'base: {type: multilayer, ...}'",
        )
