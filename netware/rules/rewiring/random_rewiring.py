"""Random rewiring: links that move to any agent."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from netware.rules.rewiring.base import AbstractRewiring, Links, anyone
from netware.world import World


@dataclass(frozen=True)
class RandomRewiring(AbstractRewiring):
    """Moves one end of each link, with probability `rate` a step, to any other agent.

    {i, j} -> {i, k},   k any living agent of the replica, all equally likely

    A link stays if k is one of its ends or joined to i already; so their number never changes.

    Args:
        on: Population whose links move.
        over: Relation that they make up, without directions.
        rate: Probability that a link tries to move in a step. [1]

    Reads: edges of `over`.
    Writes: edges of `over`.

    Source: Watts and Strogatz (1998), Nature 393, 440, doi:10.1038/30918.
    Departs from it: goes on for ever, at either end.
    """

    def partner(
        self, world: World, links: Links
    ) -> tuple[Int[Tensor, " links"], Bool[Tensor, " links"]]:
        """Returns any agent, which is always wanted."""
        found = anyone(world[self.on], links)
        return found, torch.ones_like(found, dtype=torch.bool)
