"""Size power: a coalition is worth a power of its size."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from netware.measures.coalition_games.base import AbstractCoalitionGame
from netware.parameters import Real


@dataclass(frozen=True)
class SizePower(AbstractCoalitionGame):
    """Values a coalition by a power of its size, whoever its members are.

    v(S) = scale |S|^power

    With a power above 1 a member adds the more the larger its coalition is: the game is convex.

    Args:
        power: Exponent. [1]
        scale: Factor of all values; negative for costs. [value]

    Source: Shapley (1971), Int. J. Game Theory 1, 11, doi:10.1007/BF01753431 (convex games).
    Departs from it: sizes alone count, in any power.
    """

    power: Real = 2.0
    scale: Real = 1.0

    asks_worth: ClassVar[bool] = False

    def value(
        self, members: Float[Tensor, "... agents"], worth: Float[Tensor, "... agents"]
    ) -> Float[Tensor, "..."]:
        """Returns v of each coalition."""
        size = members.expand(torch.broadcast_shapes(members.shape, worth.shape)).sum(-1)
        return self.scale * torch.where(size > 0, size**self.power, 0.0)
