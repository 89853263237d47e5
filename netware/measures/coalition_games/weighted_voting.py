"""Weighted voting: coalitions whose weights reach a quota win."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from netware.measures.coalition_games.base import AbstractCoalitionGame
from netware.parameters import Real


TIE = 1e-6
"""A sum of worths reaches the quota within this part of it: 0.7 in float32 is below 0.7."""


@dataclass(frozen=True)
class WeightedVoting(AbstractCoalitionGame):
    """Values the coalitions that win a vote, alike, and all others as nothing.

    v(S) = scale  where sum_{i in S} w_i >= quota up to rounding,   else 0

    Args:
        quota: Weight that wins. [worth]
        scale: What winning is worth. [value]

    Source: Shapley and Shubik (1954), Am. Polit. Sci. Rev. 48, 787, doi:10.2307/1951053.
    Departs from it: nothing.
    """

    quota: Real = 1.0
    scale: Real = 1.0

    def value(
        self, members: Float[Tensor, "... agents"], worth: Float[Tensor, "... agents"]
    ) -> Float[Tensor, "..."]:
        """Returns v of each coalition."""
        reached = (members * worth).sum(-1) >= self.quota - TIE * abs(self.quota)
        return self.scale * (reached & (members.sum(-1) > 0)).to(worth.dtype)
