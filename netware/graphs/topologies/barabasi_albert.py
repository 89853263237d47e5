"""Barabasi-Albert: newcomers join those who have many links."""

from dataclasses import dataclass

import torch
from torch import Tensor

from netware.graphs.topology import AbstractTopology, Ends, Links, impossible, within_one
from netware.parameters import Count
from netware.space.box import Space


@dataclass(frozen=True)
class BarabasiAlbert(AbstractTopology):
    """Adds agents one by one, each joined with m others in proportion to their links.

    P(new joins i) = k_i / sum_j k_j; the degrees of a large graph follow P(k) ~ k^-3

    An end of a link drawn at random belongs to agent i with just that probability. So link e of a
    newcomer copies a random earlier end: the newcomer of another link, or that link's own copy.
    All copies are followed back at once, in a number of rounds that grows like log log agents.

    Args:
        m: Links of each newcomer, below the number of agents. [1]

    Source: Barabasi and Albert (1999), Science 286, 509, doi:10.1126/science.286.5439.509;
    Batagelj and Brandes (2005), Phys. Rev. E 71, 036113, doi:10.1103/PhysRevE.71.036113.
    Departs from it: starts from a star of m + 1 agents; a newcomer that drew one agent twice draws
    again, together with the others of its generation, a quarter as many as there were before.
    """

    m: Count = 2

    def expected(self, sources: int, targets: int, same: bool, space: Space | None) -> float:
        """Returns 2 m for each agent."""
        return 2.0 * self.m * sources

    def links(self, ends: Ends) -> Links:
        """Grows the graph, generation by generation."""
        agents, m = within_one(ends, "barabasi_albert"), self.m
        if m >= agents:
            raise impossible(ends, "m", f"m = {m}", f"a number below {agents} agents")
        each = torch.arange(agents, dtype=torch.int32, device=ends.device)
        newcomer = torch.cat([each[1 : m + 1], each[m + 1 :].repeat_interleave(m)])
        joined = torch.zeros_like(newcomer)
        first = m + 1
        while first < agents:
            last = min(first + 1 + first // 4, agents)
            done, end = m * (first - m), m * (last - m)
            joined[done:end] = grown(ends, newcomer[:end], joined[:done], m)
            first = last
        return Links.both_ways(newcomer, joined)


def grown(ends: Ends, newcomer: Tensor, joined: Tensor, m: int) -> Tensor:
    """Returns which ends the links of one generation join; `joined` has those of all before.

    Ends are numbered 2 e for the newcomer of link e, 2 e + 1 for the one it joins.
    """
    done, many = len(joined), len(newcomer) - len(joined)
    link = torch.arange(many, device=joined.device) + done
    earlier = 2 * (link - link % m)
    copied = torch.empty_like(link)
    pending = torch.arange(many, device=joined.device)
    attempt = 0
    while len(pending):
        stream = ends.stream(f"generation of {done}, attempt {attempt}", many).of(pending)
        copied[pending] = (stream.words() * earlier[pending]) >> 32
        found = followed(copied, newcomer, joined)
        pending = repeated(found.view(-1, m)).nonzero()[:, 0]
        attempt += 1
    return found


def followed(copied: Tensor, newcomer: Tensor, joined: Tensor) -> Tensor:
    """Returns the agent at each copied end, following copies of copies."""
    done, copied = len(joined), copied.clone()
    while True:
        again = ((copied % 2 == 1) & (copied >= 2 * done)).nonzero()[:, 0]
        if not len(again):
            break
        copied[again] = copied[copied[again] // 2 - done]
    link = copied // 2
    fixed = joined[link.clamp(max=max(0, done - 1))] if done else link
    return torch.where(copied % 2 == 0, newcomer[link], fixed)


def repeated(joined: Tensor) -> Tensor:
    """Tells which of the m choices of each newcomer it has made before."""
    order = joined.argsort(dim=1, stable=True)
    ranked = joined.gather(1, order)
    again = torch.zeros_like(joined, dtype=torch.bool)
    again[:, 1:] = ranked[:, 1:] == ranked[:, :-1]
    return torch.zeros_like(again).scatter_(1, order, again).flatten()
