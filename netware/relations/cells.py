"""Candidate pairs in space from agents sorted into cells.

Cells are at least as wide as the radius, so an agent's neighbours lie in three cells next to each
other in each row of cells around it: three ranges of the sorted agents in the plane, nine in
space. Agents in the first and last cell of a row are listed once more beyond its other end.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product
from math import ceil, floor

import torch
from jaxtyping import Float, Int
from torch import Tensor

from netware.relations.candidates import MOST_PAIRS, AbstractBlock, AbstractCandidates
from netware.relations.edges import sparse_rows
from netware.space import Space


ROOM = 1 + 1e-4
FEWEST = 3


def cells_across(radius: float, space: Space, agents: int) -> int:
    """Returns the cells along a side: each wider than the radius, with about one agent or more.

    With fewer than three, a row of three would meet some cell twice: all pairs are compared then.
    """
    enough = max(FEWEST, ceil(agents ** (1 / space.dimensions)))
    return min(enough, floor(space.box / (radius * ROOM))) if space.periodic else enough


@dataclass(frozen=True)
class Cells(AbstractCandidates):
    """All agents, sorted by replica and cell.

    Args:
        listed: Agent of each entry of the list.
        sources: Positions of the listed, one tensor a dimension.
        agents: All agents in the order of cells: the targets.
        targets: Their positions, one tensor a dimension.
        begin: Where each target's ranges of the list begin.
        length: How long they are.
        pairs: Pairs of all targets up to each, itself included.
    """

    listed: Int[Tensor, " listed"]
    sources: list[Tensor]
    agents: Int[Tensor, " agents"]
    targets: list[Tensor]
    begin: Int[Tensor, "agents ranges"]
    length: Int[Tensor, "agents ranges"]
    pairs: Int[Tensor, " agents"]

    @classmethod
    def of(
        cls, position: Float[Tensor, "agents space"], radius: float, space: Space, replicas: int
    ) -> "Cells":
        """Sorts the agents, whose positions lie in the box if it is periodic."""
        across = cells_across(radius, space, len(position) // replicas)
        width = space.box / across if space.periodic else radius * ROOM
        # In open space cells repeat after `across`: far agents may share one, near ones never miss.
        place = torch.floor(position.double() / width).long().remainder_(across).unbind(1)
        each = torch.arange(len(position), device=position.device)
        replica = each // (len(position) // replicas)
        cell = row(replica, place[:-1], across) * (across + 2) + place[-1] + 1
        low, high = (place[-1] == 0).nonzero()[:, 0], (place[-1] == across - 1).nonzero()[:, 0]
        cell = torch.cat([cell, cell[low] + across, cell[high] - across]).int()
        order = cell.sort(stable=True).indices
        listed = torch.cat([each, low, high])[order]
        count = torch.bincount(cell, minlength=replicas * across ** len(place[:-1]) * (across + 2))
        start = torch.cat([count.new_zeros(1), count.cumsum(0)]).int()
        agents = order[order < len(position)]
        begin, end = ranges(start, replica[agents], [part[agents] for part in place], across)
        return cls(
            listed,
            [part[listed] for part in position.unbind(1)],
            agents,
            [part[agents] for part in position.unbind(1)],
            begin,
            end - begin,
            (end - begin).sum(1).cumsum(0),
        )

    @property
    def device(self) -> torch.device:
        """Returns where the agents are."""
        return self.pairs.device

    def blocks(self) -> list["Ranges"]:
        """Returns blocks of about as many pairs as fit the cache."""
        most = MOST_PAIRS[self.device.type]
        marks = torch.arange(1, 1 + int(self.pairs[-1]) // most, device=self.device) * most
        cuts = torch.searchsorted(self.pairs, marks).unique()
        before = torch.cat([self.pairs.new_zeros(1), self.pairs])
        cuts = torch.cat([cuts.new_zeros(1), cuts[cuts > 0], cuts.new_full((1,), len(self.pairs))])
        pairs = before[cuts].tolist()
        return [
            Ranges(self, first, last, start, end)
            for (first, last), (start, end) in zip(
                pairwise(cuts.tolist()), pairwise(pairs), strict=True
            )
        ]

    def arranged(self, columns: Tensor) -> Tensor:
        """Returns the columns of the listed."""
        return columns[self.listed]

    def restored(self, results: Tensor) -> Tensor:
        """Returns the results in the order of the agents."""
        return torch.empty_like(results).index_copy_(0, self.agents, results)


def row(replica: Tensor, place: tuple[Tensor, ...], across: int) -> Tensor:
    """Returns the row of cells, from the replica and all coordinates but the last."""
    for coordinate in place:
        replica = replica * across + coordinate
    return replica


def ranges(
    start: Tensor, replica: Tensor, place: list[Tensor], across: int
) -> tuple[Int[Tensor, "agents ranges"], Int[Tensor, "agents ranges"]]:
    """Returns begin and end of the three cells around each target, in each row around it."""
    begin, end = [], []
    for step in product((-1, 0, 1), repeat=len(place) - 1):
        near = tuple((part + k) % across for part, k in zip(place[:-1], step, strict=True))
        first = row(replica, near, across) * (across + 2) + place[-1]
        begin.append(start[first])
        end.append(start[first + 3])
    return torch.stack(begin, 1), torch.stack(end, 1)


@dataclass(frozen=True)
class Ranges(AbstractBlock):
    """Pairs of some targets with the agents in the cells around each.

    Args:
        cells: All agents in cells.
        first: First target.
        last: Target after the last.
        before: Pairs of all targets before the first.
        after: Pairs of all targets up to the last.
    """

    cells: Cells
    first: int
    last: int
    before: int
    after: int

    @cached_property
    def range(self) -> Int[Tensor, " pairs"]:
        """Returns the range that each pair belongs to, from the block's first."""
        lengths = self.cells.length[self.first : self.last].flatten()
        return torch.repeat_interleave(lengths, output_size=self.after - self.before)

    @cached_property
    def source(self) -> Int[Tensor, " pairs"]:
        """Returns the place of each pair's source in the list."""
        length = self.cells.length[self.first : self.last].flatten()
        offset = self.cells.begin[self.first : self.last].flatten() + length
        offset -= length.cumsum(0, dtype=torch.int32)
        each = torch.arange(self.after - self.before, dtype=torch.int32, device=length.device)
        return each.add_(offset.index_select(0, self.range))

    @cached_property
    def pointer(self) -> Int[Tensor, " rows"]:
        """Returns where each target's pairs begin, and where the last's end."""
        pairs = self.cells.pairs[self.first : self.last] - self.before
        return torch.cat([pairs.new_zeros(1), pairs]).int()

    def gaps(self) -> list[Tensor]:
        """Returns x_j - x_i of each pair."""
        many = self.cells.length.shape[1]
        return [
            source.index_select(0, self.source).sub_(
                target[self.first : self.last].repeat_interleave(many).index_select(0, self.range)
            )
            for source, target in zip(self.cells.sources, self.cells.targets, strict=True)
        ]

    def total(self, weight: Tensor, columns: Tensor) -> Tensor:
        """Returns the sums as one sparse product with the weights as values."""
        return sparse_rows(self.pointer, self.source, weight, len(columns)) @ columns

    def sum(self, weight: Tensor) -> Tensor:
        """Returns the sums of the rows."""
        return self.total(weight, weight.new_ones(len(self.cells.listed), 1))[:, 0]

    def pairs(self, chosen: Tensor) -> Int[Tensor, "2 pairs"]:
        """Returns target and source of the chosen pairs."""
        hits = chosen.nonzero()[:, 0]
        target = self.range[hits].long() // self.cells.length.shape[1] + self.first
        return torch.stack([self.cells.agents[target], self.cells.listed[self.source[hits].long()]])
