"""The space in which agents have positions: a box, periodic or open."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True)
class Space:
    """A square or cube of side `box`, from the origin.

    Args:
        dimensions: 2 or 3. [1]
        box: Side. [length]
        periodic: Whether leaving on one side is entering on the other.
    """

    dimensions: int
    box: float
    periodic: bool = True

    def wrap(self, position: Float[Tensor, "agents space"]) -> Float[Tensor, "agents space"]:
        """Returns positions inside the box; as they are in open space."""
        if not self.periodic:
            return position
        wrapped = torch.remainder(position, self.box)
        return wrapped.masked_fill_(wrapped >= self.box, 0.0)

    def displacement(
        self, difference: Float[Tensor, "*pairs space"]
    ) -> Float[Tensor, "*pairs space"]:
        """Returns the shortest of the periodic images of a difference of positions."""
        if not self.periodic:
            return difference
        return torch.sub(difference, (difference / self.box).round_(), alpha=self.box)
