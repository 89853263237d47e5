"""Edge list with data: two ends and what is known of the edge in braces, as NetworkX writes it."""

import ast
import re

from netware.files.comments import COMMENTS
from netware.files.encoding import as_utf8
from netware.files.origin import Origin
from netware.graphs.formats.attributes import Row, graph_from
from netware.graphs.read_graph import ReadGraph


LINE = re.compile(r"\s*(\S+)\s+(\S+)\s+(\{.*\})\s*")
SIMPLE = (str, int, float, bool)


def is_data_list(origin: Origin) -> bool:
    """Tells whether the first line that is no comment ends in braces."""
    text = as_utf8(origin.head(), origin)[0].decode()
    lines = (line for line in text.splitlines() if line.strip())
    first = next((line for line in lines if not line.strip().startswith(COMMENTS)), "")
    return LINE.fullmatch(first) is not None


def data_list(origin: Origin) -> ReadGraph:
    """Reads lines such as `ann bob {'weight': 3}`."""
    text = as_utf8(origin.contents(), origin)[0].decode()
    nodes: dict[str, Row] = {}
    edges: list[tuple[str, str, Row]] = []
    lines: list[int] = []
    for line, content in enumerate(text.splitlines(), 1):
        if not content.strip() or content.strip().startswith(COMMENTS):
            continue
        match = LINE.fullmatch(content)
        data = mapping_of(match.group(3)) if match else None
        if match is None or data is None:
            raise origin.refused(
                f"'{content[:40]}'", "two ends and data in braces", "mend the line", line
            )
        nodes |= {match.group(1): {}, match.group(2): {}}
        edges.append((match.group(1), match.group(2), data))
        lines.append(line)
    notes = ("an edge list with data",)
    directed = [None] * len(edges)
    return graph_from(origin, list(nodes.items()), edges, lines, directed, notes=notes)


def mapping_of(text: str) -> Row | None:
    """Returns the mapping of names to simple values that a text is, or None."""
    try:
        data = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    if not isinstance(data, dict) or not all(isinstance(one, SIMPLE) for one in data.values()):
        return None
    return {str(name): str(value) for name, value in data.items()}
