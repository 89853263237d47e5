"""Candidate pairs in space from agents sorted into cells.

Cells are at least as wide as the radius, so an agent's neighbours lie in three cells next to each
other in each row of cells around it: three ranges of the sorted agents in the plane, nine in
space. Agents in the first and last cell of a row are listed once more beyond its other end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product
from math import ceil, floor

import torch
from jaxtyping import Float, Int
from torch import Tensor

from netware.edges import sparse_rows
from netware.space.all_pairs import MOST_PAIRS, AbstractBlock, AbstractCandidates, Cut, shorter
from netware.space.box import Space


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
        sources: Positions of the listed, packed.
        agents: All agents in the order of cells: the targets.
        targets: Their positions, packed.
        begin: Where each target's ranges of the list begin.
        length: How long they are.
        pairs: Pairs of all targets up to each, itself included.
    """

    listed: Int[Tensor, " listed"]
    sources: tuple[Tensor, ...]
    agents: Int[Tensor, " agents"]
    targets: tuple[Tensor, ...]
    begin: Int[Tensor, "agents ranges"]
    length: Int[Tensor, "agents ranges"]
    pairs: Int[Tensor, " agents"]

    @classmethod
    def of(
        cls, position: Float[Tensor, "agents space"], radius: float, space: Space, replicas: int
    ) -> "Cells":
        """Sorts the agents, whose positions lie in the box if it is periodic."""
        total, dimensions = position.shape
        across = cells_across(radius, space, total // replicas)
        rows = replicas * across ** (dimensions - 1)
        row, column = placed(position, radius, space, replicas, across)
        low, high = (column == 0).nonzero()[:, 0], (column == across - 1).nonzero()[:, 0]
        # One column more at either end of each row: the agents at its other end, once more.
        cell = row * (across + 2) + column + 1
        cell = torch.cat([cell, cell[low] + across, cell[high] - across])
        start = torch.zeros(rows * (across + 2) + 1, dtype=torch.int32, device=cell.device)
        start[1:] = torch.bincount(cell, minlength=len(start) - 1).cumsum_(0)
        order = cell.sort(stable=True).indices
        agents = order[order < total]
        each = torch.arange(total, device=cell.device)
        listed = torch.cat([each, low, high]).index_select(0, order)
        own = (row * across + column).index_select(0, agents)
        begin, end = (
            torch.stack([corner.index_select(0, own) for corner in corners], 1)
            for corners in around(start, replicas, across, dimensions)
        )
        parts = packed(position)
        return cls(
            listed,
            tuple(part.index_select(0, listed) for part in parts),
            agents,
            tuple(part.index_select(0, agents) for part in parts),
            begin,
            end - begin,
            (end - begin).sum(1).cumsum_(0),
        )

    @property
    def device(self) -> torch.device:
        """Returns where the agents are."""
        return self.pairs.device

    def cuts(self) -> list[Cut]:
        """Returns blocks of whole targets and about as many pairs as fit the cache."""
        most = MOST_PAIRS[self.device.type]
        marks = torch.arange(1, 1 + int(self.pairs[-1]) // most, device=self.device) * most
        cuts = torch.searchsorted(self.pairs, marks).unique()
        before = torch.cat([self.pairs.new_zeros(1), self.pairs])
        cuts = torch.cat([cuts.new_zeros(1), cuts[cuts > 0], cuts.new_full((1,), len(self.pairs))])
        targets, pairs = pairwise(cuts.tolist()), pairwise(before[cuts].tolist())
        return [(*some, *own) for some, own in zip(targets, pairs, strict=True)]

    def block(self, cut: Cut) -> "Ranges":
        """Returns the pairs of some targets."""
        return Ranges(self, *cut)

    def arranged(self, columns: Tensor) -> Tensor:
        """Returns the columns of the listed."""
        return by_column(columns, lambda column: column.index_select(0, self.listed))

    def restored(self, results: Tensor) -> Tensor:
        """Returns the results in the order of the agents."""
        return by_column(
            results, lambda column: torch.empty_like(column).scatter_(0, self.agents, column)
        )


def by_column(columns: Tensor, moved: Callable[[Tensor], Tensor]) -> Tensor:
    """Returns the same columns, each moved by itself: five times faster than row by row."""
    if columns.dim() == 1:
        return moved(columns)
    return torch.stack([moved(column.contiguous()) for column in columns.unbind(1)], 1)


def packed(position: Float[Tensor, "agents space"]) -> tuple[Tensor, ...]:
    """Returns x + i y as one number, which is gathered as fast as x alone, and z by itself."""
    rest = [part.contiguous() for part in position[:, 2:].unbind(1)]
    return torch.view_as_complex(position[:, :2].contiguous()), *rest


def placed(
    position: Float[Tensor, "agents space"], radius: float, space: Space, replicas: int, across: int
) -> tuple[Int[Tensor, " agents"], Int[Tensor, " agents"]]:
    """Returns the row and the column of each agent's cell, rows of all replicas counted through.

    In open space cells repeat after `across`: those far apart may share one, and are told apart
    by their distance.
    """
    width = space.box / across if space.periodic else radius * ROOM
    cells = (position.double() / width).floor_()
    cells = cells if space.periodic else cells.remainder_(across)
    coordinates = cells.int().clamp_(0, across - 1).unbind(1)
    row = torch.arange(replicas, dtype=torch.int32, device=position.device)
    row = row.repeat_interleave(len(position) // replicas)
    for coordinate in coordinates[:-1]:
        row = row * across + coordinate
    return row, coordinates[-1]


def around(
    start: Int[Tensor, " cells"], replicas: int, across: int, dimensions: int
) -> tuple[list[Tensor], list[Tensor]]:
    """Returns where the three cells about each cell begin and end, in each row around."""
    shape = (replicas, *[across] * (dimensions - 1), across + 2)
    begin, end = start[:-1].view(shape)[..., :-2], start[1:].view(shape)[..., 2:]
    axes = tuple(range(1, dimensions))
    steps = list(product((-1, 0, 1), repeat=dimensions - 1))
    return (
        [begin.roll([-k for k in step], axes).flatten() for step in steps],
        [end.roll([-k for k in step], axes).flatten() for step in steps],
    )


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
    def ends(self) -> Int[Tensor, " ranges"]:
        """Returns where each range ends among the pairs of the block."""
        return self.cells.length[self.first : self.last].flatten().cumsum(0, dtype=torch.int32)

    @cached_property
    def range(self) -> Int[Tensor, " pairs"]:
        """Returns the range that each pair belongs to, from the block's first.

        That is the number of ranges that have ended: `repeat_interleave` would take the ranges
        one by one, which is slow where they are short.
        """
        marks = torch.zeros(
            self.after - self.before + 1, dtype=torch.int32, device=self.ends.device
        )
        marks.index_add_(0, self.ends, torch.ones_like(self.ends))
        return marks[:-1].cumsum(0, dtype=torch.int32)

    @cached_property
    def source(self) -> Int[Tensor, " pairs"]:
        """Returns the place of each pair's source in the list."""
        own = slice(self.first, self.last)
        offset = (self.cells.begin[own] + self.cells.length[own]).flatten().sub_(self.ends)
        each = torch.arange(self.after - self.before, dtype=torch.int32, device=offset.device)
        return each.add_(offset.index_select(0, self.range))

    @cached_property
    def pointer(self) -> Int[Tensor, " rows"]:
        """Returns where each target's pairs begin, and where the last's end."""
        pairs = self.cells.pairs[self.first : self.last] - self.before
        return torch.cat([pairs.new_zeros(1), pairs]).int()

    def apart(self) -> list[Tensor]:
        """Returns x_j - x_i of each pair, packed."""
        many = self.cells.length.shape[1]
        return [
            source.index_select(0, self.source).sub_(
                target[self.first : self.last].repeat_interleave(many).index_select(0, self.range)
            )
            for source, target in zip(self.cells.sources, self.cells.targets, strict=True)
        ]

    def square(self, space: Space) -> Tensor:
        """Returns the squared distances."""
        plane, *rest = self.apart()
        x, y = shorter(torch.view_as_real(plane), space).square_().unbind(1)
        square = x + y
        for gap in rest:
            square.addcmul_(shorter(gap, space), gap)
        return square

    def gaps(self, space: Space) -> list[Tensor]:
        """Returns the shortest differences."""
        plane, *rest = self.apart()
        parts = [*torch.view_as_real(plane).unbind(1), *rest]
        return [space.displacement(part[:, None])[:, 0] for part in parts]

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
