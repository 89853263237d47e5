"""Preferential rewiring: links that move to those who have many."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from netware.rules.rewiring.base import AbstractRewiring, Links
from netware.world import World


@dataclass(frozen=True)
class PreferentialRewiring(AbstractRewiring):
    """Moves one end of each link, with probability `rate` a step, to an agent with many links.

    {i, j} -> {i, k},   P(k) proportional to the number of links of k

    k is either end of any link of the replica, all equally likely. A link stays if k is one of
    its ends or joined to i already.

    Args:
        on: Population whose links move.
        over: Relation that they make up, without directions.
        rate: Probability that a link tries to move in a step. [1]

    Reads: edges of `over`.
    Writes: edges of `over`.

    Source: Barabasi and Albert (1999), Science 286, 509, doi:10.1126/science.286.5439.509.
    Departs from it: links move in a population that does not grow, so degrees have no power law.
    """

    def partner(
        self, world: World, links: Links
    ) -> tuple[Int[Tensor, " links"], Bool[Tensor, " links"]]:
        """Returns the end of some link of the replica, who is always wanted."""
        edges, population = world.edges[self.over], world[self.on]
        starts = torch.arange(population.replicas + 1, device=edges.pointer.device)
        first = edges.pointer[starts * population.agents].long()
        many = (first[1:] - first[:-1])[links.replica]
        found = edges.source[
            first[links.replica] + (links.draws("end of").words() * many >> 32)
        ].long()
        return found, torch.ones_like(found, dtype=torch.bool)
