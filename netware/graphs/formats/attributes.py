"""Attributes: what a file says of nodes and edges one by one, as columns."""

from collections.abc import Mapping, Sequence

import numpy as np

from netware.files.cells import Cells, tidied
from netware.files.origin import Origin
from netware.graphs.read_graph import ReadGraph


Row = Mapping[str, str | None]
WEIGHTS = ("weight", "weights", "w")
LABELS = ("label", "name", "v_name")


def columns_of(rows: Sequence[Row]) -> dict[str, Cells]:
    """Returns a column for each attribute that a row has; nothing where a row lacks it."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: Cells.of([row.get(name) for row in rows]) for name in names}


def weight_in(columns: Mapping[str, Cells]) -> str | None:
    """Returns the column that is called weight, in small letters or large."""
    return next((name for word in WEIGHTS for name in columns if name.lower() == word), None)


def labels_in(columns: Mapping[str, Cells]) -> list[str] | None:
    """Returns what people call each node, if the file says it of all, and of no two the same."""
    for word in LABELS:
        for name, column in columns.items():
            if name.lower() == word:
                texts = column.texts()
                if all(texts) and len(set(texts)) == len(texts):
                    return texts
    return None


def graph_from(
    origin: Origin,
    nodes: Sequence[tuple[str, Row]],
    edges: Sequence[tuple[str, str, Row]],
    lines: Sequence[int],
    directed: Sequence[bool | None],
    *,
    weight: str | None = None,
    left_out: float | None = None,
    notes: tuple[str, ...] = (),
) -> ReadGraph:
    """Returns a graph from its nodes and edges one by one; a node stands there once.

    Args:
        origin: The file.
        nodes: What the file calls each node, and what it says of it.
        edges: Both ends of each edge, and what the file says of it.
        lines: Line of each edge, 0 for none.
        directed: Whether each edge has a direction, None for all where the file does not say.
        weight: Column that is the weight by the format; the one of that name if None.
        left_out: Weight of an edge that is given none, by the rules of the format.
        notes: How the file was read.
    """
    place: dict[str, int] = {}
    for name, _ in nodes:
        if tidied(name) in place:
            raise origin.refused(f"two nodes '{name}'", "each node once", "take one of them out")
        place[tidied(name)] = len(place)
    ends: list[tuple[int, int]] = []
    for (source, target, _), line in zip(edges, lines, strict=True):
        for end in (source, target):
            if tidied(end) not in place:
                raise origin.refused(
                    f"an edge of '{end}', which is no node",
                    "nodes that the file has",
                    "add the node, or mend the edge",
                    line,
                )
        ends.append((place[tidied(source)], place[tidied(target)]))
    pairs = np.array(ends, dtype=np.int64).reshape(-1, 2)
    columns = columns_of([row for _, _, row in edges])
    held = columns_of([row for _, row in nodes])
    said = None if None in directed else np.array(directed, dtype=bool)
    if said is None and any(one is not None for one in directed):
        line = lines[next(index for index, one in enumerate(directed) if one is None)]
        raise origin.refused(
            "an edge without a direction, where others have one",
            "directed or not, of every edge or of none",
            "say what edges are by default",
            line,
        )
    return ReadGraph(
        ids=list(place),
        source=pairs[:, 0],
        target=pairs[:, 1],
        labels=labels_in(held),
        columns=columns,
        nodes=held,
        directed=said,
        weight=weight if weight in columns else weight_in(columns),
        left_out=left_out if weight in columns else None,
        line=lambda row: lines[row],
        notes=notes,
    )
