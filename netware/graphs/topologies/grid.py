"""Grid: agents in rows and columns."""

from dataclasses import dataclass
from math import isqrt
from typing import Literal

import torch

from netware.edges import pair_keys
from netware.graphs.topology import AbstractTopology, Ends, Links, impossible, within_one
from netware.parameters import Count
from netware.space.box import Space


VON_NEUMANN = ((0, 1), (1, 0))
MOORE = (*VON_NEUMANN, (1, 1), (1, -1))


@dataclass(frozen=True)
class Grid(AbstractTopology):
    """Joins agents that are next to each other in rows and columns; agent i is in row i // columns.

    Args:
        rows: Rows; without it, as many as there are columns. [1]
        columns: Columns; without it, agents / rows. [1]
        neighbors: `von_neumann`: the four beside; `moore`: the eight around.
        boundary: `periodic`: the last row is next to the first, and columns likewise; `open`.

    Source: von Neumann and Moore neighbourhoods; Nowak and May (1992), Nature 359, 826,
    doi:10.1038/359826a0, play on both.
    Departs from it: nothing.
    """

    rows: Count | None = None
    columns: Count | None = None
    neighbors: Literal["von_neumann", "moore"] = "von_neumann"
    boundary: Literal["periodic", "open"] = "periodic"

    def expected(self, sources: int, targets: int, same: bool, space: Space | None) -> float:
        """Returns four or eight for each agent."""
        return sources * (4.0 if self.neighbors == "von_neumann" else 8.0)

    def links(self, ends: Ends) -> Links:
        """Makes the links to the right and below, each pair once however small the grid."""
        agents = within_one(ends, "grid")
        rows, columns = self.sides(ends, agents)
        each = torch.arange(agents, dtype=torch.int32, device=ends.device)
        row, column = each // columns, each % columns
        ones, others = [], []
        for down, right in VON_NEUMANN if self.neighbors == "von_neumann" else MOORE:
            below, beside = row + down, column + right
            inside = (below < rows) & (beside >= 0) & (beside < columns)
            kept = each if self.boundary == "periodic" else each[inside]
            ones.append(kept)
            others.append((below % rows * columns + beside % columns)[kept])
        one, other = torch.cat(ones), torch.cat(others)
        if min(rows, columns) <= 2:
            # Round a side of one or two, an agent meets itself, or another agent twice.
            apart = one != other
            low, high = torch.minimum(one, other)[apart], torch.maximum(one, other)[apart]
            key = pair_keys(low, high, agents).unique()
            one, other = key // agents, key % agents
        return Links.both_ways(one, other)

    def sides(self, ends: Ends, agents: int) -> tuple[int, int]:
        """Returns rows and columns, which must hold all agents."""
        if self.rows is None and self.columns is None:
            rows = isqrt(agents)
            columns = rows
        else:
            rows = self.rows or agents // (self.columns or 1)
            columns = self.columns or agents // rows if rows else 0
        if rows * columns != agents:
            found = f"{rows} rows x {columns} columns = {rows * columns}"
            raise impossible(ends, "rows", found, f"rows x columns = {agents} agents")
        return rows, columns
