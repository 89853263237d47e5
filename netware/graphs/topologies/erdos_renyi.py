"""Erdos-Renyi: every link with the same probability."""

from dataclasses import dataclass
from math import log1p, sqrt

import torch
from torch import Tensor

from netware.graphs.topology import MOST_LINKS, AbstractTopology, Ends, Links, impossible
from netware.parameters import NonNegative, Probability
from netware.space.box import Space


LOWEST = 2.0**-33
AT_ONCE = 1 << 20


@dataclass(frozen=True)
class ErdosRenyi(AbstractTopology):
    """Joins each pair of agents with probability p, independently.

    The gap from one link to the next is geometric, floor(log u / log(1 - p)), so the work grows
    with the links and not with the pairs. Within a population links are undirected; between two,
    each target hears each source with probability p.

    Args:
        p: Probability of each link; or give `mean_degree`. [1]
        mean_degree: Mean number of neighbours, p times their possible number; or give `p`. [1]

    Source: Erdos and Renyi (1959), Publ. Math. Debrecen 6, 290; Batagelj and Brandes (2005),
    Phys. Rev. E 71, 036113, doi:10.1103/PhysRevE.71.036113.
    Departs from it: gaps are drawn from 32 random bits, none is longer than 22.9 / p.
    """

    p: Probability | None = None
    mean_degree: NonNegative | None = None

    def expected(self, sources: int, targets: int, same: bool, space: Space | None) -> float:
        """Returns p times all pairs."""
        if self.p is not None:
            return self.p * sources * (targets - same)
        return (self.mean_degree or 0.0) * targets

    def links(self, ends: Ends) -> Links:
        """Draws the pairs that are joined."""
        if not ends.same:
            chosen = torch.cat(drawn(ends, ends.sources * ends.targets, self.share(ends)))
            return Links(chosen % ends.sources, chosen // ends.sources)
        agents = ends.sources
        parts = drawn(ends, agents * (agents - 1) // 2, self.share(ends))
        rows = [below_diagonal(parts.pop()) for _ in range(len(parts))]
        one, other = torch.cat([a for a, _ in rows]), torch.cat([b for _, b in rows])
        del rows
        return Links.both_ways(one, other)

    def share(self, ends: Ends) -> float:
        """Returns p, from whichever of the two parameters is given."""
        if (self.p is None) == (self.mean_degree is None):
            both = "neither" if self.p is None else "both"
            raise impossible(ends, "p", f"{both} of p and mean_degree", "exactly one of them")
        if self.p is not None:
            return self.p
        degree, possible = self.mean_degree or 0.0, ends.sources - ends.same
        if degree > possible:
            found = f"mean_degree = {degree:g}"
            raise impossible(ends, "mean_degree", found, f"at most {possible} possible neighbours")
        return degree / max(1, possible)


def drawn(ends: Ends, pairs: int, p: float) -> list[Tensor]:
    """Draws which of `pairs` numbered pairs are joined, in order and in parts."""
    if pairs * p > MOST_LINKS / 2:
        raise impossible(ends, "p", f"about {pairs * p:.3g} links", f"at most {MOST_LINKS // 2}")
    if p == 0 or pairs == 0:
        return [torch.zeros(0, dtype=torch.int64, device=ends.device)]
    if p == 1:
        return [torch.arange(pairs, device=ends.device)]
    many = min(AT_ONCE, int(pairs * p + 6 * sqrt(pairs * p) + 16))
    parts, last = [], -1
    while last < pairs:
        unit = ends.stream(f"gaps {len(parts)}", many).uniform(dtype=torch.float64).add_(LOWEST)
        gaps = unit.log_().div_(log1p(-p)).clamp_(max=float(pairs)).long().add_(1)
        parts.append(gaps.cumsum_(0).add_(last))
        last = int(parts[-1][-1])
    parts[-1] = parts[-1][parts[-1] < pairs]
    return parts


def below_diagonal(index: Tensor) -> tuple[Tensor, Tensor]:
    """Returns row and column, int32, of the pairs (1, 0), (2, 0), (2, 1), (3, 0), ... by number."""
    row = index.double().mul_(8).add_(1).sqrt_().add_(1).div_(2).long()
    # The square root may round across a row's border: mend by one row either way.
    row -= (row * (row - 1) // 2 > index).long()
    row += (row * (row + 1) // 2 <= index).long()
    return row.int(), (index - row * (row - 1) // 2).int()
