"""Synapses as data: which units each weight of a model joins, by name and place.

A model says so once. Probes, lesions and freezing read it, a checkpoint stores it, and figures
read it from there; none of them knows a model by its name. Nothing here needs torch.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pydantic import TypeAdapter


INPUT, OUTPUT = "input", "output"


@dataclass(frozen=True)
class Places:
    """Units of one layer that stand in a row along an axis of a matrix.

    Args:
        layer: Name of their layer; `input` and `output` are those of the model.
        start: Place of the first along the axis. [1]
        many: How many they are. [1]
        parts: Parts that show what they answer; none for the one called as their layer.
        traced: Whether any part shows it at all.
    """

    layer: str
    start: int
    many: int
    parts: tuple[str, ...] = ()
    traced: bool = True

    def shown_by(self) -> tuple[str, ...]:
        """Names the parts that show what they answer; none if no part does."""
        return (self.parts or (self.layer,)) if self.traced else ()


@dataclass(frozen=True)
class Product:
    """A difference of low rank that is added to a matrix: scale A B.

    Args:
        down: Name of A `[agents, senders, rank]`.
        up: Name of B `[agents, rank, receivers]`.
        scale: Factor. [1]
    """

    down: str
    up: str
    scale: float


@dataclass(frozen=True)
class Synapses:
    """A matrix of weights from senders to receivers, and the bias of its receivers.

    Args:
        weight: Name of the weight.
        bias: Name of the bias, or nothing.
        senders: Whose answers are weighed, in a row.
        receivers: Who receives them, in a row.
        laid: How the weight lies: `[agents, senders, receivers]` for `senders`, the other way
            round for `receivers`, and for `pairs` one number for each of them.
        pairs: Sender and receiver of each number of the weight, flat, where they are `pairs`.
        copies: How often the weight stands along the diagonal of the matrix, the bias as often. [1]
        times: How often a sample crosses the matrix in one forward pass. [1]
        added: What is added to the weight before it is used, or nothing.
    """

    weight: str
    bias: str
    senders: tuple[Places, ...]
    receivers: tuple[Places, ...]
    laid: Literal["senders", "receivers", "pairs"] = "senders"
    pairs: tuple[tuple[int, int], ...] = ()
    copies: int = 1
    times: int = 1
    added: Product | None = None

    def into(self) -> tuple[str, ...]:
        """Names the weight and the bias."""
        return (self.weight, self.bias) if self.bias else (self.weight,)

    def factors(self) -> tuple[str, ...]:
        """Names all weights that the matrix is made of."""
        more = (self.added.down, self.added.up) if self.added else ()
        return (self.weight, *more)

    def sizes(self) -> tuple[int, int]:
        """Returns how many senders and how many receivers there are."""
        senders, receivers = (
            sum(one.many for one in places) for places in (self.senders, self.receivers)
        )
        return senders, receivers

    def inner(self) -> bool:
        """Tells whether the matrix leads from units to units of the same layers."""
        return self.senders == self.receivers


@dataclass(frozen=True)
class Recursion:
    """One matrix that is applied to all neurons over and over, inputs first and outputs last.

    Args:
        weight: Name of the matrix, from senders to receivers.
        bias: Name of the bias.
        inputs: Neurons of the input. [1]
        outputs: Neurons of the output. [1]
        neurons: All neurons. [1]
        iterations: How often the matrix is applied. [1]
        residual: What is added after each iteration: `none`, `output` or `input`.
        cube: Sites (x, y, z) of the lattice in which they lie; none for neurons without a place.
        beta: Weight of z in distances. [1]
    """

    weight: str
    bias: str
    inputs: int
    outputs: int
    neurons: int
    iterations: int
    residual: Literal["none", "output", "input"]
    cube: tuple[int, int, int] | None = None
    beta: float = 1.0


@dataclass(frozen=True)
class Connections:
    """All that a model says of which units its weights join.

    Args:
        synapses: Its matrices, in the order of use; none if not all weights lead from units to
            units.
        recursion: The recursion that it is, if it is one.
    """

    synapses: tuple[Synapses, ...] = ()
    recursion: Recursion | None = None

    def as_json(self) -> dict[str, Any]:
        """Returns plain JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Connections":
        """Returns what `as_json` wrote; anything else is a ValueError."""
        return TypeAdapter(cls).validate_python(content)


def hidden_layers(found: tuple[Synapses, ...]) -> list[Places]:
    """Returns the hidden layers that matrices lead into, in the order of use."""
    receivers = [places for one in found for places in one.receivers]
    return list(dict.fromkeys(one for one in receivers if one.layer not in (INPUT, OUTPUT)))
