"""Complete: everyone joined to everyone."""

from dataclasses import dataclass

import torch

from netware.graphs.topology import MOST_LINKS, AbstractTopology, Ends, Links, impossible
from netware.space.box import Space


@dataclass(frozen=True)
class Complete(AbstractTopology):
    """Joins every agent with every other; between two populations, every source to every target.

    Source: none needed; lambda_2 = n for n agents.
    """

    def expected(self, sources: int, targets: int, same: bool, space: Space | None) -> float:
        """Returns all pairs."""
        return float(sources * (targets - same))

    def links(self, ends: Ends) -> Links:
        """Makes all pairs, without those of an agent with itself."""
        pairs = ends.sources * ends.targets
        if pairs > MOST_LINKS:
            raise impossible(ends, "type", f"{pairs} links", f"at most {MOST_LINKS}")
        if not ends.same:
            index = torch.arange(pairs, device=ends.device)
            return Links(index % ends.sources, index // ends.sources)
        # The k-th source of target t is k for k < t and k + 1 from there on.
        others = ends.sources - 1
        index = torch.arange(ends.targets * others, device=ends.device)
        target, place = index // max(1, others), index % max(1, others)
        return Links(place + (place >= target), target)
