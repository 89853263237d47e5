"""Sublattices: groups of agents no two of which are joined, so that a group may act at once."""

import torch
from jaxtyping import Bool, Int
from torch import Tensor
from torch.utils.weak import WeakIdKeyDictionary

from netware.edges import Edges


KNOWN = WeakIdKeyDictionary()


def sublattices(edges: Edges) -> tuple[Int[Tensor, " agents"], int]:
    """Returns the group of each agent, and how many groups there are.

    Two where the graph allows it (the checkerboard of a grid with even sides, a ring of even
    length, a tree); elsewhere agents take, in the order of their ids, the first group that no
    neighbour is in. Parts of the graph that are not joined do not know of each other. Edges never
    change, so what was found for a block is kept as long as the block is.
    """
    found = KNOWN.get(edges)
    if found is None:
        source, target = edges.edge_index
        apart = source != target
        one = torch.cat([source[apart], target[apart]])
        other = torch.cat([target[apart], source[apart]])
        group = first_fit(one, other, *two_groups(one, other, edges.targets))
        found = KNOWN[edges] = (group, int(group.max()) + 1 if edges.targets else 0)
    return found


def two_groups(
    one: Int[Tensor, " links"], other: Int[Tensor, " links"], agents: int
) -> tuple[Int[Tensor, " agents"], Bool[Tensor, " agents"]]:
    """Returns each agent's group of two, and whether it is in a part that two groups do not do for.

    The smallest id of a part spreads along the links, and with it whether the way there is odd.
    """
    key = torch.arange(agents, device=one.device) * 2
    while True:
        arrived = key.scatter_reduce(0, other, key[one] ^ 1, "amin")
        if torch.equal(arrived, key):
            break
        key = arrived
    part, group = key // 2, key % 2
    odd = torch.zeros(agents, dtype=torch.bool, device=one.device)
    odd[part[one[group[one] == group[other]]]] = True
    return group, odd[part]


def first_fit(
    one: Int[Tensor, " links"],
    other: Int[Tensor, " links"],
    group: Int[Tensor, " agents"],
    again: Bool[Tensor, " agents"],
) -> Int[Tensor, " agents"]:
    """Returns the groups, those of the agents to be asked `again` chosen in the order of ids."""
    ids = torch.arange(len(group), device=group.device)
    waiting, number = again, 0
    while bool(waiting.any()):
        candidates = waiting
        while bool(candidates.any()):
            before = torch.where(candidates[one], one, len(ids))
            first = ids.new_full((len(ids),), len(ids)).scatter_reduce(0, other, before, "amin")
            chosen = candidates & (ids < first)
            group = group.masked_fill(chosen, number)
            beside = torch.zeros_like(chosen)
            beside[other[chosen[one]]] = True
            waiting, candidates = waiting & ~chosen, candidates & ~chosen & ~beside
        number += 1
    return group
