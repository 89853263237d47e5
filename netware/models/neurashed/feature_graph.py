"""Graphs of features: which nodes of a level depend on which below, and when they fire."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal, NotRequired

import torch
from jaxtyping import Bool, Float, Int
from pydantic import Field
from torch import Tensor
from typing_extensions import TypedDict

from netware.errors import ScenarioError
from netware.parameters import Count


Threshold = Count | Literal["all"]
Heard = Annotated[
    tuple[Count, ...], Field(description="Nodes of the level below that it hears, from 1.")
]
Least = Annotated[
    Threshold, Field(description="How many of them make it fire, or 'all'; 1 if left out.")
]
Node = TypedDict("Node", {"from": Heard, "threshold": NotRequired[Least]})


@dataclass(frozen=True)
class Placed:
    """The tensors of a graph on one device, in one type.

    Args:
        firing: 1 where a pattern fires a node of level 1, `(patterns, nodes)`.
        joins: For each level from 2 on, 1 where a node below is heard by one above.
        thresholds: For each level from 2 on, how many of those that a node hears make it fire.
        readout: True where a node of the last level is heard by a class.
        numbers: Number of the edge there (0 where there is none), counted node by node.
        sender: The node of the last level that each of these edges leaves, from 0.
        receiver: The class that each of these edges enters, from 0.
    """

    firing: Float[Tensor, "patterns nodes"]
    joins: tuple[Tensor, ...]
    thresholds: tuple[Tensor, ...]
    readout: Bool[Tensor, "last classes"]
    numbers: Int[Tensor, "last classes"]
    sender: Int[Tensor, " edges"]
    receiver: Int[Tensor, " edges"]


@dataclass(frozen=True)
class FeatureGraph:
    """Levels of nodes, each firing when enough of those that it depends on fire.

    Levels and nodes count from 1. A node of level 1 fires by the table; one above fires if at
    least `threshold` (1 if left out) of the nodes `from` the level below fire, or `all` of them.

    Args:
        firing: Table of the nodes of level 1 that each pattern fires, 0 or 1, a row a pattern.
        levels: Nodes of the levels 2, 3, ...
        readout: For each class the nodes of the last level that it hears.
    """

    firing: tuple[tuple[int, ...], ...]
    levels: tuple[tuple[Node, ...], ...]
    readout: tuple[tuple[int, ...], ...]

    def __post_init__(self):
        """Refuses tables that are no tables, and nodes that hear nodes which do not exist."""
        widths = {len(row) for row in self.firing}
        if len(widths) != 1 or 0 in widths:
            raise refused(
                "firing", f"rows of {sorted(widths)} nodes", "rows of one length, one or more"
            )
        for level, nodes in enumerate(self.levels, 2):
            if not nodes:
                raise refused(f"levels[{level - 2}]", f"no node in level {level}", "a node or more")
        for where, heard, threshold, below in self.listeners():
            self.check(where, heard, threshold, below)
        if not self.readout:
            raise refused("readout", "no class", "for each class the nodes that it hears")

    def listeners(self) -> list[tuple[str, tuple[int, ...], Threshold, int]]:
        """Returns of each node and class its place, which nodes it hears, when, and those below."""
        found: list[tuple[str, tuple[int, ...], Threshold, int]] = []
        for level, nodes in enumerate(self.levels):
            for place, node in enumerate(nodes):
                where = f"levels[{level}][{place}]"
                found.append((where, node["from"], node.get("threshold", 1), self.sizes[level]))
        for place, heard in enumerate(self.readout):
            found.append((f"readout[{place}]", heard, 1, self.sizes[-1]))
        return found

    def check(self, where: str, heard: tuple[int, ...], threshold: Threshold, below: int) -> None:
        """Refuses one node or class that hears what is not there, or never enough."""
        if not heard or len(set(heard)) < len(heard) or not set(heard) <= set(range(1, below + 1)):
            raise refused(
                where, f"nodes {list(heard)} below", f"different numbers, of 1 to {below}"
            )
        if threshold != "all" and threshold > len(heard):
            raise refused(
                where, f"threshold {threshold} of {len(heard)} nodes", f"at most {len(heard)}"
            )

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Returns the nodes of each level, without the classes."""
        return (len(self.firing[0]), *(len(nodes) for nodes in self.levels))

    @cached_property
    def held(self) -> dict[tuple[torch.device, torch.dtype], Placed]:
        """Returns the tensors that were made so far, so that a step makes none."""
        return {}

    def placed(self, like: Tensor) -> Placed:
        """Returns the graph as tensors, on the device and in the type of `like`."""
        key = (like.device, like.dtype)
        if key not in self.held:
            self.held[key] = self.made(like)
        return self.held[key]

    def made(self, like: Tensor) -> Placed:
        """Makes the tensors."""
        joins, thresholds = [], []
        for below, nodes in zip(self.sizes, self.levels, strict=False):
            joins.append(like.new_tensor(table([node["from"] for node in nodes], below)).T)
            needed = [node.get("threshold", 1) for node in nodes]
            counts = [
                len(node["from"]) if count == "all" else count
                for node, count in zip(nodes, needed, strict=True)
            ]
            thresholds.append(like.new_tensor(counts))
        readout = like.new_tensor(table(list(self.readout), self.sizes[-1])).T > 0
        firing = like.new_tensor(self.firing)
        sender, receiver = readout.nonzero(as_tuple=True)
        numbers = (readout.flatten().cumsum(0) - 1).clamp_min(0).view_as(readout)
        return Placed(firing, tuple(joins), tuple(thresholds), readout, numbers, sender, receiver)

    def fired(
        self, features: Float[Tensor, "agents samples nodes"]
    ) -> tuple[Bool[Tensor, "agents samples _"], ...]:
        """Tells of each level which nodes fire, given level 1 (fires above 1/2)."""
        placed, fires = self.placed(features), [features > 0.5]
        for joins, threshold in zip(placed.joins, placed.thresholds, strict=True):
            fires.append(fires[-1].to(joins.dtype) @ joins >= threshold)
        return tuple(fires)


def table(heard: list[tuple[int, ...]], below: int) -> list[list[float]]:
    """Returns a row for each listener, 1 at the nodes that it hears."""
    return [[float(node in ears) for node in range(1, below + 1)] for ears in heard]


def refused(where: str, found: str, expected: str) -> ScenarioError:
    """Returns the error for a graph that cannot be."""
    return ScenarioError(where, found=found, expected=expected, fix="write it so")


def figure_5(shared: bool = False) -> FeatureGraph:
    """Returns the graph of figure 5: two classes, each of four patterns of seven features.

    Patterns (1, 2, 7), (2, 3, 7), (4, 5, 7), (5, 6, 7); in level 2 node 1 hears 1 to 3, node 3
    hears 4 to 6, and node 2 hears all and fires from two on. Class 2 is a copy on nodes 8 to 14;
    if `shared`, node 7 is one for both classes and the copy stands on nodes 8 to 13.
    """
    own = ((1, 2, 7), (2, 3, 7), (4, 5, 7), (5, 6, 7))
    copies = (tuple(range(1, 8)), (*range(8, 14), 7 if shared else 14))
    patterns = [{copy[n - 1] for n in pattern} for copy in copies for pattern in own]
    total = max(max(copy) for copy in copies)
    firing = tuple(tuple(int(n in p) for n in range(1, total + 1)) for p in patterns)
    nodes: list[Node] = []
    for copy in copies:
        nodes += [{"from": copy[:3]}, {"from": copy, "threshold": 2}, {"from": copy[3:6]}]
    return FeatureGraph(firing, (tuple(nodes),), ((1, 2, 3), (4, 5, 6)))


def pathways(common: int, specific: int, classes: int, patterns: int, depth: int) -> FeatureGraph:
    """Returns the graph of theorem 1: pathways that share some nodes of every level.

    Each level has `common` nodes, which hear all nodes below and fire with any, then `specific`
    ones for each pattern, which hear those of their own pathway and fire with all.
    """
    if common + specific == 0:
        raise refused("common", "levels of no nodes", "common or specific of 1 or more")
    every = tuple(range(1, common + 1))
    routes = [
        every + tuple(range(first + 1, first + specific + 1))
        for first in range(common, common + specific * classes * patterns, specific or 1)
    ] or [every] * (classes * patterns)
    nodes = common + specific * classes * patterns
    whole: Node = {"from": tuple(range(1, nodes + 1))}
    own: list[Node] = [{"from": route, "threshold": "all"} for route in routes]
    level = (whole,) * common + tuple(one for one in own for _ in range(specific))
    firing = tuple(tuple(int(n in route) for n in range(1, nodes + 1)) for route in routes)
    readout = tuple(
        tuple(sorted({n for route in routes[k * patterns : (k + 1) * patterns] for n in route}))
        for k in range(classes)
    )
    return FeatureGraph(firing, (level,) * (depth - 1), readout)


def appendix(private: int) -> FeatureGraph:
    """Returns the graph of the appendix, three classes that share features.

    Level 1: nodes 1 and 2 fire for all classes, 3 to 5 for classes 1 and 2, 6 and 7 for class 1,
    8 and 9 for class 2, the last `private` for class 3. Level 2: a node for each class, which
    hears all that the class fires and fires with all of them. Without a private node class 3
    would fire with every class.
    """
    nodes = 9 + private
    fires = ((1, 2, 3, 4, 5, 6, 7), (1, 2, 3, 4, 5, 8, 9), (1, 2, *range(10, nodes + 1)))
    firing = tuple(tuple(int(n in own) for n in range(1, nodes + 1)) for own in fires)
    level: tuple[Node, ...] = tuple({"from": own, "threshold": "all"} for own in fires)
    return FeatureGraph(firing, (level,), ((1,), (2,), (3,)))
