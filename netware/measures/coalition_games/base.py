"""The contract of a coalition game: what each coalition of agents is worth."""

from abc import ABC, abstractmethod
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor


class AbstractCoalitionGame(ABC):
    """A characteristic function v(S), of the worths w_i that agents bring.

    A game is a frozen dataclass whose fields are its YAML parameters. It is asked for many
    coalitions at once, and the agents are the last axis.
    """

    asks_worth: ClassVar[bool] = True
    """Whether v depends on what agents bring; else the worths it is given are not read."""

    @abstractmethod
    def value(
        self, members: Float[Tensor, "... agents"], worth: Float[Tensor, "... agents"]
    ) -> Float[Tensor, "..."]:
        """Returns v of each coalition; nobody is worth nothing.

        Args:
            members: 1 for each member of a coalition, 0 for all others.
            worth: What each agent brings, of any shape that broadcasts with `members`.
        """
