"""Watts-Strogatz: a ring in which some links lead anywhere."""

from dataclasses import dataclass

import torch
from torch import Tensor

from netware.edges import pair_keys, sorted_keys
from netware.graphs.topology import AbstractTopology, Ends, Links, impossible, within_one
from netware.parameters import Count, Probability
from netware.space.box import Space


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
        each = torch.arange(agents, dtype=torch.int32, device=ends.device)
        hops = torch.arange(1, self.k // 2 + 1, dtype=torch.int32, device=ends.device)
        one = each.repeat_interleave(len(hops))
        other = (each[:, None] + hops).remainder_(agents).flatten()
        pending = ends.stream("moved", len(one)).bernoulli(self.p).nonzero()[:, 0]
        return Links.both_ways(one, moved(ends, one, other, pending))


def moved(ends: Ends, one: Tensor, other: Tensor, pending: Tensor) -> Tensor:
    """Returns the far ends after the `pending` links have found a new place; overwrites `other`.

    A link holds its place until it has another, so no link is ever made twice.
    """
    agents = ends.sources
    for attempt in range(TRIES):
        if not len(pending):
            break
        far = ends.stream(f"far end {attempt}", len(one)).of(pending).integers(agents)
        near = one[pending]
        wanted, taken = keys(near, far, agents), sorted_keys(keys(one, other, agents))
        place = torch.searchsorted(taken, wanted).clamp_(max=len(taken) - 1)
        free = (far != near) & (taken[place] != wanted) & first_of_each(wanted)
        other[pending[free]] = far[free].int()
        pending = pending[~free]
    return other


def keys(one: Tensor, other: Tensor, agents: int) -> Tensor:
    """Returns one number for each undirected link."""
    return pair_keys(torch.minimum(one, other), torch.maximum(one, other), agents)


def first_of_each(key: Tensor) -> Tensor:
    """Tells for each entry whether it is the first of its value."""
    ranked, order = key.sort(stable=True)
    again = torch.zeros_like(key, dtype=torch.bool)
    again[order[1:]] = ranked[1:] == ranked[:-1]
    return again.logical_not_()
