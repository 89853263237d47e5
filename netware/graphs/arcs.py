"""Arcs: the edges of a file that a relation takes, each with its direction and its weight."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

import numpy as np

from netware.files.origin import Origin
from netware.graphs.formats.edge_list import ListOptions
from netware.graphs.formats.reading import graph_of
from netware.graphs.parallel import NO_MATTER, Combine, combined, settled_repeats
from netware.graphs.read_graph import ReadGraph


Lines = Literal["undirected", "directed", "reversed"]
Value = str | int | float | bool
WORDS_OF_TRUTH = {"true": ("true", "1", "yes"), "false": ("false", "0", "no")}


@dataclass(frozen=True)
class Choice:
    """Which edges of a file a relation takes, and how.

    Args:
        lines: Direction of the edges, or None for what the file says.
        weight: Column of weights, by name or number, `none`, or None for the usual one.
        where: Values that columns must have, as JSON.
        combine: What becomes of several edges between the same ends; an error if None.
        same: Whether both ends are one population.
        options: How a list is to be read.
    """

    lines: Lines | None = None
    weight: str | int | None = None
    where: str = "{}"
    combine: Combine | None = None
    same: bool = True
    options: ListOptions = field(default_factory=ListOptions)


@dataclass(frozen=True)
class Arcs:
    """The directed edges that a relation takes from a file, between nodes of the file.

    Args:
        graph: What the file holds.
        source: Node that each goes from, as a place in `graph.ids`.
        target: Node that each goes to, likewise.
        weight: Weight of each, or None where all are 1.
        notes: What was read, for people.
        ends: Nodes at the source and at the target end of all edges of the file.
    """

    graph: ReadGraph
    source: np.ndarray
    target: np.ndarray
    weight: np.ndarray | None
    notes: tuple[str, ...]
    ends: tuple[np.ndarray, np.ndarray]


@lru_cache(maxsize=8)
def arcs_of(origin: Origin, version: tuple[int, int], choice: Choice) -> Arcs:
    """Returns the arcs of a file, read once as long as it does not change."""
    graph = graph_of(origin, version, choice.options)
    graph = between_modes(graph, choice, origin)
    rows = selected(graph, json.loads(choice.where), origin)
    if not len(rows):
        raise origin.refused(
            "no edges" if graph.count == 0 else f"none of {graph.count} edges as 'where' says",
            "one edge or more",
            "mend the file" if graph.count == 0 else "write a value of that column under 'where'",
        )
    name = weight_column(graph, choice.weight, origin)
    weight = None if name is None else weights(graph, name, rows, origin)
    directed, said = direction(graph, choice, rows, origin)
    source, target = graph.source[rows], graph.target[rows]
    if choice.lines == "reversed":
        source = np.where(directed, graph.target[rows], source)
        target = np.where(directed, graph.source[rows], target)
    notes = [*graph.notes, said, f"{len(rows):,} of {graph.count:,} edges"]
    notes += weight_notes(graph, name)
    if choice.combine is None:
        kept = settled_repeats(graph, rows, source, target, directed, weight, origin)
        if len(kept) < len(rows):
            notes.append(f"edges that stand there again, counted once: {len(rows) - len(kept):,}")
        source, target, directed = source[kept], target[kept], directed[kept]
        weight = None if weight is None else weight[kept]
    back = ~directed & (source != target)
    start, end = np.concatenate([source, target[back]]), np.concatenate([target, source[back]])
    weight = None if weight is None else np.concatenate([weight, weight[back]])
    if choice.combine is not None:
        start, end, weight = combined(start, end, weight, choice.combine)
    if loops := int((start == end).sum()) if choice.same else 0:
        notes.append(f"edges from a node to itself: {loops:,}")
    nodes = np.arange(len(graph.ids))
    one, other = (nodes, nodes) if choice.same else (graph.ends(0), graph.ends(1))
    ends = (other, one) if choice.lines == "reversed" else (one, other)
    return Arcs(graph, start, end, weight, tuple(notes), ends)


def between_modes(graph: ReadGraph, choice: Choice, origin: Origin) -> ReadGraph:
    """Returns a graph whose edges lead from one population to the other, or within one.

    Nodes of two kinds cannot be one population; a node that a file declares is at one end only.
    """
    modes = graph.modes
    if choice.same:
        if modes is None or np.array_equal(*modes):
            return graph
        raise origin.refused(
            f"nodes of two kinds, {len(modes[0])} and {len(modes[1])}",
            "nodes of one kind, for a relation of one population with itself",
            "write two populations under 'between', or 'format: list' if it is a list of edges",
        )
    if modes is not None and not np.array_equal(*modes):
        second = np.isin(graph.source, modes[1]) & np.isin(graph.target, modes[0])
        if graph.directed is not None:
            second &= ~graph.directed
        source = np.where(second, graph.target, graph.source)
        target = np.where(second, graph.source, graph.target)
        graph = replace(graph, source=source, target=target)
        wrong = ~(np.isin(source, modes[0]) & np.isin(target, modes[1]))
    else:
        wrong = np.isin(graph.source, graph.target) & graph.declared
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise origin.refused(
            f"edge {ends_of(graph, row)}, whose first end is a second end as well",
            "nodes of the first population at the first ends, of the second at the second",
            "write the edges of the file from one kind of nodes to the other",
            graph.line(row),
        )
    return graph


def selected(graph: ReadGraph, wanted: Mapping[str, Value], origin: Origin) -> np.ndarray:
    """Returns the edges whose columns have the values that were asked for."""
    kept = np.ones(graph.count, dtype=bool)
    for name, value in wanted.items():
        if name not in graph.columns:
            raise origin.beside("where").refused(
                f"edges have no column '{name}'",
                f"one of {', '.join(graph.columns) or '(none)'}",
                "write one of these under 'where'",
            )
        texts, codes = graph.columns[name].codes()
        values = value if isinstance(value, list) else [value]
        chosen = np.array([any(equal(text, one) for one in values) for text in texts], dtype=bool)
        if not chosen.any():
            raise origin.beside("where").refused(
                f"no edge with {name} {value!r}",
                f"one of {', '.join(texts[:20])}",
                "write one of these under 'where'",
            )
        kept &= chosen[codes]
    return np.flatnonzero(kept)


def equal(text: str, value: Value) -> bool:
    """Tells whether what a file says is a value of the scenario."""
    if isinstance(value, bool):
        return text.lower() in WORDS_OF_TRUTH[str(value).lower()]
    if isinstance(value, int | float):
        try:
            return float(text) == value
        except ValueError:
            return False
    return text == value


def weight_column(graph: ReadGraph, asked: str | int | None, origin: Origin) -> str | None:
    """Returns the column of weights, or None where all edges weigh 1."""
    if asked == "none":
        return None
    if asked is None:
        return graph.weight
    for name in graph.columns:
        if name == str(asked):
            return name
    near = [name for name in graph.columns if name.lower() == str(asked).lower()]
    if len(near) == 1:
        return near[0]
    raise origin.beside("weight").refused(
        f"edges have no column '{asked}'",
        f"one of {', '.join(graph.columns) or '(none)'}, or none",
        "write one of these as 'weight'",
    )


def weights(graph: ReadGraph, name: str, rows: np.ndarray, origin: Origin) -> np.ndarray:
    """Returns the weight of each chosen edge, a finite number."""
    column = graph.columns[name].taken(rows)
    found, bad = column.numbers()
    lacking = np.isnan(found) & ~bad
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise origin.refused(
            f"weight '{column.texts()[row][:40]}' in column '{name}'",
            "a finite number for each edge",
            "mend the weight, or write 'weight: none' to take none",
            graph.line(int(rows[row])),
        )
    if not lacking.any():
        return found
    if graph.left_out is None:
        row = int(np.flatnonzero(lacking)[0])
        raise origin.refused(
            f"no weight in column '{name}' for the edge {ends_of(graph, int(rows[row]))}",
            "a weight for each edge, or for none",
            "write the weight that is missing, or 'weight: none' to take none",
            graph.line(int(rows[row])),
        )
    return np.where(lacking, graph.left_out, found)


def ends_of(graph: ReadGraph, row: int) -> str:
    """Names the two ends of an edge."""
    return f"{graph.ids[graph.source[row]]} - {graph.ids[graph.target[row]]}"


def direction(
    graph: ReadGraph, choice: Choice, rows: np.ndarray, origin: Origin
) -> tuple[np.ndarray, str]:
    """Returns which of the chosen edges have a direction, and that in words.

    An edge between two populations leads from the first end to the second.
    """
    if not choice.same:
        turned = "second end to the first" if choice.lines == "reversed" else "first end to second"
        return np.ones(len(rows), dtype=bool), f"from the {turned}"
    wanted = None if choice.lines is None else choice.lines != "undirected"
    if graph.directed is None or (graph.in_passing and wanted is not None):
        mask = np.full(len(rows), bool(wanted))
    else:
        mask = graph.directed[rows]
        against = mask != wanted if choice.lines in ("directed", "undirected") else mask[:0]
        if wanted is False and mask.all() and is_symmetric(graph, rows):
            against = mask[:0]
        if against.any():
            says = "directed" if mask[np.flatnonzero(against)[0]] else "undirected"
            raise origin.beside("lines").refused(
                f"'lines: {choice.lines}', and the file says that edges are {says}",
                "the direction that the file says",
                "leave 'lines' out",
                graph.line(int(rows[np.flatnonzero(against)[0]])),
            )
    many = int(mask.sum())
    said = f"{many:,} directed, {len(mask) - many:,} both ways"
    said = "directed" if many == len(mask) else "both ways" if not many else said
    return mask, f"{said}, turned round" if choice.lines == "reversed" else said


def is_symmetric(graph: ReadGraph, rows: np.ndarray) -> bool:
    """Tells whether every chosen edge stands in the file the other way round as well."""
    many = len(graph.ids)
    there = np.sort(graph.source[rows] * many + graph.target[rows])
    return np.array_equal(there, np.sort(graph.target[rows] * many + graph.source[rows]))


def weight_notes(graph: ReadGraph, name: str | None) -> Sequence[str]:
    """Says which column is the weight, and which columns of numbers are not used."""
    some = np.arange(min(graph.count, 1000))
    unused = [
        one
        for one, column in graph.columns.items()
        if one != name and one.lower() not in NO_MATTER and column.taken(some).is_numeric()
    ]
    notes = [f"weights from column '{name}'" if name else "no weights"]
    if unused and name is None:
        told = f"(take one with 'weight: {unused[0]}')"
        shown = ", ".join(f"'{one}'" for one in unused)
        notes.append(f"columns of numbers not used: {shown} {told}")
    return notes
