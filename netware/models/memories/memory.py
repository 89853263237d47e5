"""The contract of a memory: a model that stores patterns and waits until it is asked to recall."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

from netware.draws import Stream
from netware.errors import ShapeError
from netware.models.base import AbstractModel, Draw, Weights
from netware.tasks.base import Examples
from netware.tasks.cues import Sample, check_stored, cues, stored


Field = Callable[[Tensor], Tensor]
UnitField = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
Learning = Callable[[Tensor], dict[str, Tensor]]


class AbstractMemory(AbstractModel):
    """An agent that stores patterns, with an energy that recalling lowers.

    A memory answers what one update makes of a state, so inputs and outputs have one size. It does
    not think at every step: a rule asks it.
    """

    responds: ClassVar[bool] = False

    @abstractmethod
    def energy(
        self, weights: Weights, states: Float[Tensor, "agents samples units"]
    ) -> Float[Tensor, "agents samples"]:
        """Returns the energy of each state."""


class AbstractPatternMemory(AbstractMemory):
    """A memory in pattern form: the weight `patterns` is `[agents, patterns, units]`.

    A state s acts through its sums with the patterns, m_mu = sum_j xi_mu,j s_j, alone; so the
    matrix of couplings is never made.
    """

    neurons: int
    patterns: int

    def input_size(self) -> int:
        """Returns N."""
        return self.neurons

    def output_size(self) -> int:
        """Returns N."""
        return self.neurons

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns the patterns."""
        return {"patterns": (self.patterns, self.neurons)}

    def weight_reads(self) -> int:
        """Returns 2: once to form the sums, once to form the field."""
        return 2


class AbstractSpinMemory(AbstractPatternMemory):
    """A memory of units that are +-1, each of which turns to the field of all others.

    One unit is updated at the price of one number per pattern.
    """

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Draws every unit of every pattern, +1 or -1 with equal chance."""
        return self.learned(random_spins(stream, self.patterns, self.neurons, dtype))

    def store(self, draw: Draw, examples: Examples, replica: Tensor) -> dict[str, Tensor]:
        """Stores the first patterns of the task, every agent those of its replica."""
        return taught(examples, self.patterns, self.neurons, replica, self.learned)

    @abstractmethod
    def learned(self, xi: Float[Tensor, "agents patterns units"]) -> dict[str, Tensor]:
        """Returns the weights that store the patterns xi."""

    def presented(
        self, examples: Examples, sample: Sample, corruption: float, stream: Stream
    ) -> tuple[Tensor, Tensor]:
        """Returns a corrupted copy of one of the patterns stored, and that pattern."""
        return cues(examples, self.weight_shapes()["patterns"][0], sample, corruption, stream)

    @abstractmethod
    def local_fields(self, weights: Weights) -> Field:
        """Returns the function from states `[agents, samples, units]` to the field on each unit.

        What depends on the weights alone is computed here, once for all updates to come.
        """

    @abstractmethod
    def unit_fields(self, weights: Weights) -> UnitField:
        """Returns the function from (unit, own, xi, sums) to the field on one unit of each agent.

        `unit` says which, `[agents]`; `own` is its value, `[agents]`; `xi` is what the patterns
        have there and `sums` are m of the whole state, itself included, `[agents, patterns]`.
        """


def random_spins(
    stream: Stream, patterns: int, units: int, dtype: torch.dtype
) -> Float[Tensor, "agents patterns units"]:
    """Draws every unit of every pattern, +1 or -1 with equal chance."""
    return stream.bernoulli(0.5, (patterns, units)).to(dtype).mul_(2).sub_(1)


def taught(
    examples: Examples, patterns: int, units: int, replica: Tensor, learned: Learning
) -> dict[str, Tensor]:
    """Returns the weights of agents that store the task's first patterns, +-1, of their replica.

    Patterns that all replicas share are learned once, and expanded to all agents.
    """
    check_fits(examples, patterns, units)
    return given_to(stored(examples, patterns), replica, learned)


def given_to(
    xi: Float[Tensor, "replicas patterns units"], replica: Tensor, learned: Learning
) -> dict[str, Tensor]:
    """Returns what each agent learned of the patterns of its replica."""
    if len(xi) > 1 and xi.stride(0) > 0:
        return {name: each[replica] for name, each in learned(xi).items()}
    one = learned(xi[:1])
    return {name: each.expand(len(replica), -1, -1) for name, each in one.items()}


def check_fits(examples: Examples, patterns: int, units: int) -> None:
    """Refuses a task of patterns of another size, or of fewer patterns."""
    if examples.inputs.shape[2] != units:
        raise ShapeError(
            "model.neurons",
            found=f"{units} neurons for patterns of {examples.inputs.shape[2]} numbers",
            expected="one neuron per number of the task's input",
            fix=f"write 'neurons: {examples.inputs.shape[2]}'",
        )
    check_stored(examples, patterns)


def sums_of(
    weights: Weights, states: Float[Tensor, "agents samples units"]
) -> Float[Tensor, "agents samples patterns"]:
    """Returns m_mu = sum_j xi_mu,j s_j for every state."""
    return torch.bmm(states, weights["patterns"].transpose(1, 2))


@dataclass(frozen=True)
class ByUnit:
    """Patterns unit after unit, so that what all of them have at one unit is one row of memory.

    Args:
        rows: One row a unit, agent by agent; of one agent alone where all share the patterns.
        first: Row of the first unit of each agent. [1]
    """

    rows: Float[Tensor, "rows patterns"]
    first: Int[Tensor, " agents"]

    @classmethod
    def of(cls, patterns: Float[Tensor, "agents patterns units"]) -> "ByUnit":
        """Turns patterns; those that agents share are turned once."""
        agents, _, units = patterns.shape
        shared = patterns.stride(0) == 0
        rows = (patterns[:1] if shared else patterns).transpose(1, 2).flatten(0, 1).contiguous()
        each = torch.arange(agents, device=patterns.device)
        return cls(rows, torch.zeros_like(each) if shared else each * units)

    def at(self, unit: Int[Tensor, " agents"]) -> Float[Tensor, "agents patterns"]:
        """Returns what all patterns have at one unit of each agent."""
        return self.rows.index_select(0, self.first + unit)


def at(
    values: Float[Tensor, "agents units"], unit: Int[Tensor, " agents"]
) -> Float[Tensor, " agents"]:
    """Returns the value at one unit of each agent."""
    return values.gather(1, unit[:, None])[:, 0]


def aligned(
    field: Float[Tensor, "agents *units"], states: Float[Tensor, "agents *units"]
) -> Float[Tensor, "agents *units"]:
    """Returns the sign of the field; where it is exactly 0, the unit keeps the sign it has."""
    return torch.where(field == 0, states, field).sign()
