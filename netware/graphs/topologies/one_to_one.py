"""One to one: each agent joined to its counterpart in another population."""

from dataclasses import dataclass

import torch

from netware.graphs.topology import AbstractTopology, Ends, Links, impossible
from netware.space.box import Space


@dataclass(frozen=True)
class OneToOne(AbstractTopology):
    """Joins agent i of the sources to agent i of the targets, in two populations of equal size.

    Source: none needed.
    """

    def expected(self, sources: int, targets: int, same: bool, space: Space | None) -> float:
        """Returns one for each target."""
        return float(targets)

    def links(self, ends: Ends) -> Links:
        """Makes the pairs (i, i)."""
        if ends.same:
            raise impossible(
                ends, "type", "'one_to_one' within one population", "two populations of equal size"
            )
        if ends.sources != ends.targets:
            found = f"{ends.sources} sources and {ends.targets} targets"
            raise impossible(ends, "type", found, "as many of one as of the other")
        each = torch.arange(ends.targets, device=ends.device)
        return Links(each, each)
