"""Star: everyone joined to one."""

from dataclasses import dataclass

import torch

from netware.graphs.topology import AbstractTopology, Ends, Links, impossible, within_one
from netware.parameters import Index
from netware.space.box import Space


@dataclass(frozen=True)
class Star(AbstractTopology):
    """Joins every agent with the one in the centre.

    Args:
        centre: Id of the agent in the centre. [1]

    Source: none needed; lambda_2 = 1 and lambda_n = n.
    """

    centre: Index = 0

    def expected(self, sources: int, targets: int, same: bool, space: Space | None) -> float:
        """Returns two for each agent but one."""
        return 2.0 * (sources - 1)

    def links(self, ends: Ends) -> Links:
        """Makes a link from the centre to each other agent."""
        agents = within_one(ends, "star")
        if self.centre >= agents:
            raise impossible(ends, "centre", f"centre = {self.centre}", f"an id below {agents}")
        each = torch.arange(agents, device=ends.device)
        other = each[each != self.centre]
        return Links.both_ways(torch.full_like(other, self.centre), other)
