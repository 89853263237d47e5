"""Glove: a coalition is worth the pairs of gloves that it can make."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from netware.measures.coalition_games.base import AbstractCoalitionGame
from netware.parameters import Real


@dataclass(frozen=True)
class Glove(AbstractCoalitionGame):
    """Values a coalition by the pairs that its left and its right gloves make.

    v(S) = scale min(sum_{i in S} max(-w_i, 0), sum_{i in S} max(w_i, 0))

    An agent with w < 0 has -w left gloves, and one with w > 0 has w right ones.

    Args:
        scale: Factor of all values. [value / worth]

    Source: Shapley and Shubik (1969), Int. Econ. Rev. 10, 337, doi:10.2307/2525647.
    Departs from it: nothing.
    """

    scale: Real = 1.0

    def value(
        self, members: Float[Tensor, "... agents"], worth: Float[Tensor, "... agents"]
    ) -> Float[Tensor, "..."]:
        """Returns v of each coalition."""
        left, right = ((members * side.clamp(min=0)).sum(-1) for side in (-worth, worth))
        return self.scale * torch.minimum(left, right)
