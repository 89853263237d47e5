"""Ring: everyone joined to the nearest on both sides."""

from dataclasses import dataclass

import torch

from netware.graphs.topology import AbstractTopology, Ends, Links, impossible, within_one
from netware.parameters import Count
from netware.space.box import Space


@dataclass(frozen=True)
class Ring(AbstractTopology):
    """Joins agent i with i +- 1, ..., i +- k/2, around.

    Args:
        k: Neighbours of each agent, an even number below the number of agents. [1]

    Source: none needed; lambda_2 = 2 - 2 cos(2 pi / n) for k = 2.
    """

    k: Count = 2

    def expected(self, sources: int, targets: int, same: bool, space: Space | None) -> float:
        """Returns k for each agent."""
        return float(sources * self.k)

    def links(self, ends: Ends) -> Links:
        """Makes k/2 links forward from every agent."""
        agents = within_one(ends, "ring")
        if self.k % 2 or self.k >= agents:
            raise impossible(ends, "k", f"k = {self.k}", f"an even number below {agents} agents")
        each = torch.arange(agents, dtype=torch.int32, device=ends.device)
        hops = torch.arange(1, self.k // 2 + 1, dtype=torch.int32, device=ends.device)
        other = (each[:, None] + hops).remainder_(agents)
        return Links.both_ways(each.repeat_interleave(len(hops)), other.flatten())
