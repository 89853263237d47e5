"""Parallel edges: several between the same ends, which are one said twice, combined, or refused."""

from typing import Literal

import numpy as np

from netware.files.origin import Origin
from netware.graphs.read_graph import ReadGraph


Combine = Literal["sum", "mean", "max", "min", "first", "last", "count"]
NO_MATTER = ("id", "edge id", "edge_id", "edgeid")


def settled_repeats(
    graph: ReadGraph,
    rows: np.ndarray,
    source: np.ndarray,
    target: np.ndarray,
    directed: np.ndarray,
    weight: np.ndarray | None,
    origin: Origin,
) -> np.ndarray:
    """Returns the places of the edges without repeats, or refuses edges that are not the same.

    An edge that stands there twice counts once if nothing tells the two apart: neither has a
    weight, and all else that the file says of them is equal. An undirected link may stand there
    once from each end, with the same weight.
    """
    many = len(graph.ids)
    low, high = np.minimum(source, target), np.maximum(source, target)
    one_way = directed | (source == target)
    pair = np.where(one_way, source, low) * many + np.where(one_way, target, high)
    keys = pair * 2 + directed
    refuse_both_kinds(graph, rows, source, target, directed, origin)
    ordered = np.sort(keys)
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(repeated):
        return np.arange(len(keys))
    near = np.searchsorted(repeated, keys).clip(max=len(repeated) - 1)
    several = np.flatnonzero(repeated[near] == keys)
    order = several[np.argsort(keys[several], kind="stable")]
    starts = np.concatenate([[True], keys[order][1:] != keys[order][:-1]])
    before = order[np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))][~starts]
    places = order[~starts]
    differ = np.zeros(len(places), dtype=bool)
    same_way = source[places] == source[before]
    if weight is not None:
        differ |= same_way | (weight[places] != weight[before])
    for name, column in graph.columns.items():
        if name.lower() not in NO_MATTER:
            codes = column.codes()[1]
            differ |= same_way & (codes[rows[places]] != codes[rows[before]])
    if differ.any():
        place = int(np.flatnonzero(differ)[0])
        raise refusal(graph, int(rows[before[place]]), int(rows[places[place]]), origin)
    if weight is not None:
        refuse_thrice(graph, rows, places, before, source, origin)
    kept = np.ones(len(keys), dtype=bool)
    kept[places] = False
    return np.flatnonzero(kept)


def refuse_thrice(
    graph: ReadGraph,
    rows: np.ndarray,
    places: np.ndarray,
    before: np.ndarray,
    source: np.ndarray,
    origin: Origin,
) -> None:
    """Refuses a weighted link that stands there more often than once from each end."""
    _, first, counts = np.unique(before, return_index=True, return_counts=True)
    if (counts > 1).any():
        place = int(first[np.flatnonzero(counts > 1)[0]])
        raise refusal(graph, int(rows[before[place]]), int(rows[places[place]]), origin)


def refuse_both_kinds(
    graph: ReadGraph,
    rows: np.ndarray,
    source: np.ndarray,
    target: np.ndarray,
    directed: np.ndarray,
    origin: Origin,
) -> None:
    """Refuses a link with a direction beside one without, between the same ends."""
    if directed.all() or not directed.any():
        return
    many = len(graph.ids)
    arcs, links = np.flatnonzero(directed), np.flatnonzero(~directed)
    there = source[links] * many + target[links]
    back = target[links] * many + source[links]
    own = source[arcs] * many + target[arcs]
    twice = np.isin(own, np.concatenate([there, back]))
    if twice.any():
        arc = arcs[int(np.flatnonzero(twice)[0])]
        key = own[int(np.flatnonzero(twice)[0])]
        link = links[int(np.flatnonzero((there == key) | (back == key))[0])]
        raise refusal(graph, int(rows[link]), int(rows[arc]), origin)


def refusal(graph: ReadGraph, one: int, other: int, origin: Origin) -> Exception:
    """Returns the refusal of two edges between the same ends, with what tells them apart."""
    names = [
        name
        for name, column in graph.columns.items()
        if name.lower() not in NO_MATTER and name != graph.weight and not column.is_numeric()
    ]
    both = np.array([one, other])
    texts = {name: graph.columns[name].taken(both).texts() for name in names}
    kind = next((name for name, (own, second) in texts.items() if own != second), None)
    first = f" (first in line {graph.line(one)})" if graph.line(one) else ""
    ends = f"{graph.ids[graph.source[other]]} - {graph.ids[graph.target[other]]}"
    fix = "write 'combine: sum', mean, max, min, first, last or count"
    if kind is not None:
        fix = f"write 'where: {{{kind}: {texts[kind][1]}}}', or a 'combine'"
    return origin.refused(
        f"a second edge {ends}{first}",
        "one edge between two ends, or a word on how to combine them",
        fix,
        graph.line(other),
    )


def combined(
    source: np.ndarray, target: np.ndarray, weight: np.ndarray | None, combine: Combine
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Returns one edge for all those between the same ends, its weight made of theirs."""
    many = int(max(source.max(), target.max())) + 1
    keys = source * many + target
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    counts = np.diff(np.concatenate([starts, [len(keys)]]))
    source, target = source[order][starts], target[order][starts]
    values = np.ones(len(order)) if weight is None else weight[order]
    if combine == "count":
        return source, target, counts.astype(np.float64)
    if combine in ("first", "last"):
        kept = starts if combine == "first" else starts + counts - 1
        return source, target, None if weight is None else values[kept]
    if combine in ("max", "min"):
        taken = (np.maximum if combine == "max" else np.minimum).reduceat(values, starts)
    else:
        taken = np.add.reduceat(values, starts) / (counts if combine == "mean" else 1)
    return source, target, taken
