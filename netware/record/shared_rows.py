"""Shared rows: what many agents have alike, such as the patterns of a replica, is written once."""

import torch
from torch import Tensor

from netware.population import shares_one_row


LEAST_BYTES = 1 << 16
COMPARED = 16
BITS = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}


def agents_per_row(values: Tensor) -> int:
    """Returns how many agents in a row have the same row, bit by bit; the same number everywhere.

    The first numbers of all rows tell how many it may be, and only if it may be more than one are
    all compared: 0.1 s for 0.4 GB, where to write them takes seconds. Rows that differ cost less
    than a millisecond.
    """
    if shares_one_row(values):
        return len(values)
    bits = BITS.get(values.element_size())
    if values.dim() < 2 or len(values) < 2 or values.nbytes < LEAST_BYTES or bits is None:
        return 1
    rows = values.detach().view(bits)
    first = rows[(slice(None), *[0] * (rows.dim() - 2))][:, :COMPARED]
    other = (first != first[:1]).any(1).nonzero()
    many = int(other[0]) if len(other) else len(rows)
    if many < 2 or len(rows) % many:
        return 1
    together = rows.unflatten(0, (-1, many))
    return many if torch.equal(together, together[:, :1].expand_as(together)) else 1


def for_each_agent(rows: Tensor, agents: int) -> Tensor:
    """Returns the row of each agent, of which so many have the same; a single one lies once."""
    if len(rows) == 1:
        return rows.expand(agents, *rows.shape[1:])
    return rows.repeat_interleave(agents, 0)
