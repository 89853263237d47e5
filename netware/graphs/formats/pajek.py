"""Pajek: vertices by number, arcs with a direction, edges without, lists and matrices of them."""

import re
from dataclasses import dataclass, field, replace

import numpy as np

from netware.files.cells import number
from netware.files.encoding import as_utf8
from netware.files.origin import Origin
from netware.graphs.formats.attributes import graph_from
from netware.graphs.read_graph import MOST_NODES, ReadGraph


TOKEN = re.compile(r'"[^"]*"|\S+')
OTHERS = ("*partition", "*vector", "*permutation", "*cluster", "*events")
DIRECTED = {"*arcs": True, "*edges": False, "*arcslist": True, "*edgeslist": False, "*matrix": True}


@dataclass
class Reading:
    """What has been read of a file so far.

    Args:
        origin: The file.
        vertices: Number of vertices. [1]
        first_mode: Vertices of the first kind, where there are two kinds. [1]
        labels: Label of each vertex that has one, by its number.
        edges: Both ends and weight of each edge or arc, and the kind of tie if the file has kinds.
        lines: Line of each.
        directed: Whether each is an arc.
        row: Row of a matrix that comes next, from 1. [1]
    """

    origin: Origin
    vertices: int = 0
    first_mode: int | None = None
    labels: dict[int, str] = field(default_factory=dict)
    edges: list[tuple[str, str, dict[str, str | None]]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    directed: list[bool | None] = field(default_factory=list)
    row: int = 1

    def add(
        self, ends: tuple[str, str], weight: str | None, kind: str, arc: bool, line: int
    ) -> None:
        """Takes an edge or an arc."""
        row: dict[str, str | None] = {} if weight is None else {"weight": weight}
        self.edges.append((*ends, row | ({"kind": kind} if kind else {})))
        self.lines.append(line)
        self.directed.append(arc)


def pajek(origin: Origin) -> ReadGraph:
    """Reads the first network of a file; an edge without a weight weighs 1."""
    text = as_utf8(origin.contents(), origin)[0].decode()
    reading, section, kind = Reading(origin), "", ""
    for line, content in enumerate(text.split("\n"), 1):
        tokens = TOKEN.findall(content)
        if not tokens or tokens[0].startswith("%"):
            continue
        if tokens[0].startswith("*"):
            section = tokens[0].lower()
            if section in OTHERS:
                break
            kind = begin(reading, section, tokens, line)
        else:
            take(reading, section, tokens, kind, line)
    labels = reading.labels
    nodes = [
        (str(one), {"label": labels[one]} if one in labels else {})
        for one in range(1, reading.vertices + 1)
    ]
    graph = graph_from(
        origin,
        nodes,
        reading.edges,
        reading.lines,
        reading.directed,
        weight="weight",
        left_out=1.0,
        notes=("Pajek",),
    )
    return with_modes(graph, reading.first_mode)


def with_modes(graph: ReadGraph, first_mode: int | None) -> ReadGraph:
    """Returns the graph with its two kinds of vertices, where it has two, numbered from 1."""
    graph = replace(graph, first=1, whole=True)
    if first_mode is None:
        return graph
    return replace(graph, modes=(np.arange(first_mode), np.arange(first_mode, len(graph.ids))))


def begin(reading: Reading, section: str, tokens: list[str], line: int) -> str:
    """Begins a section; returns the kind of its ties, where the file has kinds."""
    if section == "*network":
        return ""
    if section == "*vertices":
        numbers = [int(token) for token in tokens[1:] if token.isdecimal()]
        if reading.vertices or not numbers:
            raise reading.origin.refused(
                "a second network" if reading.vertices else "*Vertices without their number",
                "one network, '*Vertices 5' first",
                "keep one network in the file",
                line,
            )
        if numbers[0] > MOST_NODES:
            found = f"{numbers[0]} vertices"
            raise reading.origin.refused(found, f"at most {MOST_NODES}", "take less", line)
        reading.vertices = numbers[0]
        reading.first_mode = numbers[1] if len(numbers) > 1 else None
        return ""
    if section not in DIRECTED:
        raise reading.origin.refused(
            f"'{tokens[0]}'", f"*Vertices, {', '.join(DIRECTED)}", "take that section out", line
        )
    said = [token.strip('"') for token in tokens[1:]]
    return said[-1].lstrip(":") if said else ""


def take(reading: Reading, section: str, tokens: list[str], kind: str, line: int) -> None:
    """Takes a line of a section."""
    if section == "*vertices":
        if not tokens[0].isdecimal():
            raise reading.origin.refused(
                f"vertex '{tokens[0][:40]}'", "the number of a vertex", "mend the line", line
            )
        if len(tokens) > 1:
            reading.labels[int(tokens[0])] = tokens[1].strip('"')
    elif section == "*matrix":
        take_row(reading, tokens, kind, line)
    elif section in ("*arcslist", "*edgeslist"):
        for other in tokens[1:]:
            reading.add((tokens[0], other), None, kind, DIRECTED[section], line)
    elif section in ("*arcs", "*edges"):
        if len(tokens) < 2:
            raise reading.origin.refused("one end", "two ends of each", "mend the line", line)
        weight = tokens[2] if len(tokens) > 2 and number(tokens[2]) == number(tokens[2]) else None
        reading.add((tokens[0], tokens[1]), weight, kind, DIRECTED[section], line)
    else:
        raise reading.origin.refused(
            f"'{' '.join(tokens)[:40]}'", "'*Vertices 5' first", "mend the file", line
        )


def take_row(reading: Reading, tokens: list[str], kind: str, line: int) -> None:
    """Takes a row of a matrix: the weights of the arcs from one vertex, 0 for none."""
    first = reading.first_mode or 0
    columns = reading.vertices - first
    if len(tokens) != columns or any(number(token) != number(token) for token in tokens):
        raise reading.origin.refused(
            f"a row of {len(tokens)}", f"{columns} numbers", "mend the row", line
        )
    for index, token in enumerate(tokens, first + 1):
        if number(token) != 0:
            reading.add((str(reading.row), str(index)), token, kind, True, line)
    reading.row += 1
