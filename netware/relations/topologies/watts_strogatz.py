"""Watts-Strogatz: a ring in which some links lead anywhere."""

from dataclasses import dataclass

import torch
from torch import Tensor

from netware.parameters import Count, Probability
from netware.relations.topology import AbstractTopology, Ends, Links, impossible, within_one
from netware.space import Space


TRIES = 64


@dataclass(frozen=True)
class WattsStrogatz(AbstractTopology):
    """Moves the far end of each link of a ring to a random agent, with probability p.

    Agent i is joined with i + 1, ..., i + k/2; each link (i, j) becomes (i, m) with probability
    p, m uniform among the agents that are neither i nor joined with i. Links keep their number.

    Args:
        k: Neighbours of each agent on the ring, an even number below the number of agents. [1]
        p: Probability that a link is moved. [1]

    Source: Watts and Strogatz (1998), Nature 393, 440, doi:10.1038/30918.
    Departs from it: moves all links at once instead of one after another; a link that finds no
    free place in 64 tries stays where it is.
    """

    k: Count = 6
    p: Probability = 0.1

    def expected(self, sources: int, targets: int, same: bool, space: Space | None) -> float:
        """Returns k for each agent."""
        return float(sources * self.k)

    def links(self, ends: Ends) -> Links:
        """Makes the ring, then moves the chosen links."""
        agents = within_one(ends, "watts_strogatz")
        if self.k % 2 or self.k >= agents:
            raise impossible(ends, "k", f"k = {self.k}", f"an even number below {agents} agents")
        each = torch.arange(agents, device=ends.device)
        hops = torch.arange(1, self.k // 2 + 1, device=ends.device)
        one = each[:, None].expand(-1, len(hops)).flatten()
        other = ((each[:, None] + hops) % agents).flatten()
        moving = ends.stream("moved", len(one)).bernoulli(self.p)
        return Links.both_ways(one, moved(ends, one, other, moving))


def moved(ends: Ends, one: Tensor, other: Tensor, moving: Tensor) -> Tensor:
    """Returns the far ends after those of `moving` links have found a new place.

    A link holds its place until it has another, so no link is ever made twice.
    """
    agents, other = ends.sources, other.clone()
    pending = moving.nonzero()[:, 0]
    for attempt in range(TRIES):
        if not len(pending):
            break
        stream = ends.stream(f"far end {attempt}", len(one)).of(pending)
        far, near = stream.integers(agents), one[pending]
        key = torch.minimum(near, far) * agents + torch.maximum(near, far)
        taken = torch.minimum(one, other) * agents + torch.maximum(one, other)
        free = (far != near) & ~torch.isin(key, taken) & first_of_each(key)
        other[pending[free]] = far[free]
        pending = pending[~free]
    return other


def first_of_each(key: Tensor) -> Tensor:
    """Tells for each entry whether it is the first of its value."""
    order = key.argsort(stable=True)
    again = torch.zeros_like(key, dtype=torch.bool)
    again[order[1:]] = key[order[1:]] == key[order[:-1]]
    return ~again
