"""Adjacency list: in each line a node, and those it is joined with."""

import shlex

from netware.files.comments import COMMENTS
from netware.files.encoding import as_utf8
from netware.files.origin import Origin
from netware.graphs.formats.attributes import graph_from
from netware.graphs.read_graph import ReadGraph


SIGNS = ("\t", ";", ",")


def adjacency_list(origin: Origin) -> ReadGraph:
    """Reads lines of a first end and any number of second ends, between blanks or commas."""
    text = as_utf8(origin.contents(), origin)[0].decode()
    nodes: dict[str, None] = {}
    edges: list[tuple[str, str, dict[str, str | None]]] = []
    lines: list[int] = []
    sign = next((sign for sign in SIGNS if sign in text), " ")
    for line, content in enumerate(text.split("\n"), 1):
        if not content.strip() or content.strip().startswith(COMMENTS):
            continue
        fields = fields_of(content, sign)
        nodes.update(dict.fromkeys(fields))
        edges += [(fields[0], other, {}) for other in fields[1:]]
        lines += [line] * (len(fields) - 1)
    return graph_from(
        origin,
        [(node, {}) for node in nodes],
        edges,
        lines,
        [None] * len(edges),
        notes=("adjacency list",),
    )


def fields_of(content: str, sign: str) -> list[str]:
    """Returns the nodes of a line."""
    if sign == " ":
        return shlex.split(content) if '"' in content else content.split()
    return [field.strip().strip('"') for field in content.split(sign) if field.strip()]
