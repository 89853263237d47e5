"""What may not do what is hoped of it, as data: said by `check`, and run all the same."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from netware.needs.base import Surroundings


Value = Callable[[str], float | Tensor]


class AbstractDoubt(ABC):
    """A reason why a rule may not do what it is for, though nothing forbids it."""

    @abstractmethod
    def found(self, member: Any, value: Value, world: Surroundings) -> str | None:
        """Says what is doubtful in this world, or None; `value` returns a parameter as it is."""

    @abstractmethod
    def sentence(self) -> str:
        """Says in a few words when it is doubtful."""


@dataclass(frozen=True)
class OvershootsNeighbours(AbstractDoubt):
    """A step towards neighbours that may go beyond them all: gain times degree above 1.

    Args:
        gain: Field with the step length.
        over: Field with the relation whose edges say who the neighbours are.
    """

    gain: str = "gain"
    over: str = "over"

    def found(self, member: Any, value: Value, world: Surroundings) -> str | None:
        """Says the largest gain times degree, and which gain is surely small enough."""
        name = getattr(member, self.over)
        edges = world.edges.get(name)
        if edges is None or not edges.count:
            return None
        strength = edges.unsigned.strength(torch.float64)
        largest = float(strength.max())
        gain = torch.as_tensor(value(self.gain), dtype=torch.float64).max().item()
        if gain * largest <= 1 + 1e-6:
            return None
        return (
            f"{self.gain} {gain:.4g} times the largest degree of '{name}', {largest:.4g}, is "
            f"{gain * largest:.4g}: above 1 it may not converge, up to {1 / largest:.4g} it does"
        )

    def sentence(self) -> str:
        """Says when it is doubtful."""
        return f"'{self.gain}' times the largest degree of '{self.over}' is above 1"
