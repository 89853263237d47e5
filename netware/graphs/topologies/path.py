"""Path: everyone joined to the next."""

from dataclasses import dataclass

import torch

from netware.graphs.topology import AbstractTopology, Ends, Links, within_one
from netware.space.box import Space


@dataclass(frozen=True)
class Path(AbstractTopology):
    """Joins agent i with i + 1, without closing the ring.

    Source: none needed; lambda_2 = 2 - 2 cos(pi / n).
    """

    def expected(self, sources: int, targets: int, same: bool, space: Space | None) -> float:
        """Returns two for each agent but one."""
        return 2.0 * (sources - 1)

    def links(self, ends: Ends) -> Links:
        """Makes the links from each agent to the next."""
        each = torch.arange(within_one(ends, "path"), device=ends.device)
        return Links.both_ways(each[:-1], each[1:])
