"""Airport: a coalition needs the runway of its largest member."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from netware.measures.coalition_games.base import AbstractCoalitionGame
from netware.parameters import Real


@dataclass(frozen=True)
class Airport(AbstractCoalitionGame):
    """Values a coalition by what the largest of its members needs.

    v(S) = scale max_{i in S} w_i

    Args:
        scale: Factor of all values; -1 makes costs of them. [value / worth]

    Source: Littlechild and Owen (1973), Manage. Sci. 20, 370, doi:10.1287/mnsc.20.3.370.
    Departs from it: nothing; with the scale 1 the values are those of its costs.
    """

    scale: Real = 1.0

    def value(
        self, members: Float[Tensor, "... agents"], worth: Float[Tensor, "... agents"]
    ) -> Float[Tensor, "..."]:
        """Returns v of each coalition."""
        return self.scale * (members * worth).amax(-1)
