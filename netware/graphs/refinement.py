"""Colour refinement: agents that no walk along typed, weighted edges tells apart."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Int, Shaped
from torch import Tensor


@dataclass(frozen=True)
class Arcs:
    """What agents see of their edges.

    Args:
        at: Agent that sees.
        other: Agent at the other end.
        label: What is seen of the edge itself: relation, direction and weight as one number.
    """

    at: Int[Tensor, " arcs"]
    other: Int[Tensor, " arcs"]
    label: Int[Tensor, " arcs"]


def refined(colour: Int[Tensor, " agents"], arcs: Arcs) -> Int[Tensor, " agents"]:
    """Returns the coarsest equitable partition that is as fine as `colour`, as colours 0, 1, ...

    c_i <- (c_i, multiset of (label_e, c_other(e)) over the arcs e at i), until no class splits

    Two agents keep one colour exactly if the trees of labelled walks that start at them are the
    same. Agents that a symmetry of the graph exchanges do; the converse does not hold (of a
    hexagon and two triangles, all agents are alike). Names are exact integers, no hashes.

    Source: Weisfeiler and Leman (1968), Nauchno-Tekhnicheskaya Informatsiya 2 (9), 12; trees of
    walks: Norris (1995), Discrete Appl. Math. 56, 61, doi:10.1016/0166-218X(93)E0116-F.
    """
    agents, (colour, many) = len(colour), named(colour)
    halvings = halved(arcs.at, agents)
    while True:
        seen, names = named(arcs.label * many + colour[arcs.other])
        order = torch.argsort(arcs.at * names + seen)
        sight = multisets(arcs.at[order], seen[order] + 1, halvings, agents)
        colour, found = named(colour * (sight.max() + 1) + sight)
        if found == many:
            return colour
        many = found


def named(keys: Shaped[Tensor, " agents"]) -> tuple[Int[Tensor, " agents"], int]:
    """Returns the rank of each key among the different ones, and how many these are."""
    found, rank = torch.unique(keys, return_inverse=True)
    return rank, len(found)


def rows_named(values: Shaped[Tensor, "agents ..."]) -> tuple[Int[Tensor, " agents"], int]:
    """Returns a number for each agent, the same for equal rows, and how many these are."""
    if not values[:1].numel():
        return torch.zeros(len(values), dtype=torch.int64, device=values.device), 1
    found, rank = torch.unique(values.reshape(len(values), -1), dim=0, return_inverse=True)
    return rank, len(found)


@dataclass(frozen=True)
class Halving:
    """Which neighbours of a row become one.

    Args:
        left: Places of the first of each pair.
        paired: Whether the pair has a second, at the next place.
    """

    left: Int[Tensor, " pairs"]
    paired: Bool[Tensor, " pairs"]


def halved(at: Int[Tensor, " arcs"], agents: int) -> tuple[Halving, ...]:
    """Returns the halvings after which no agent has more than one arc, log2 of the most arcs."""
    degree = torch.bincount(at, minlength=agents)
    found = []
    for _ in range((int(degree.max()) - 1).bit_length() if len(at) else 0):
        row = torch.arange(agents, device=at.device).repeat_interleave(degree)
        place = torch.arange(len(row), device=at.device) - (degree.cumsum(0) - degree)[row]
        left = (place % 2 == 0).nonzero()[:, 0]
        found.append(Halving(left, place[left] + 1 < degree[row[left]]))
        degree = (degree + 1) // 2
    return tuple(found)


def multisets(
    at: Int[Tensor, " arcs"],
    names: Int[Tensor, " arcs"],
    halvings: tuple[Halving, ...],
    agents: int,
) -> Int[Tensor, " agents"]:
    """Returns a number for each agent, the same for equal rows of names, 0 for an empty row.

    Rows lie one behind the other, sorted. Neighbours in a row take one name for the two of them,
    an odd last one with a 0 that stands for none, until every row is one name.
    """
    for halving in halvings:
        second = (halving.left + 1).clamp(max=len(names) - 1)
        right = torch.where(halving.paired, names[second], 0)
        pairs = names[halving.left] * (names.max() + 1) + right
        names, at = named(pairs)[0] + 1, at[halving.left]
    return torch.zeros(agents, dtype=torch.int64, device=at.device).index_copy(0, at, names)
