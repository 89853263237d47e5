"""GML: nested keys and values, nodes by number, labels or none."""

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from netware.files.encoding import as_utf8
from netware.files.origin import Origin
from netware.graphs.formats.attributes import Row, graph_from
from netware.graphs.read_graph import ReadGraph


TOKEN = re.compile(r'"[^"]*"|\[|\]|[^\s\[\]"]+')
REMARK = re.compile(r"^[ \t]*#[^\n]*", re.MULTILINE)


@dataclass
class Block:
    """What stands between brackets: keys with texts, and blocks inside, each with its line."""

    line: int
    values: dict[str, str] = field(default_factory=dict)
    blocks: list[tuple[str, "Block"]] = field(default_factory=list)

    def all(self, key: str) -> list["Block"]:
        """Returns the blocks of a key."""
        return [block for name, block in self.blocks if name == key]


def gml(origin: Origin) -> ReadGraph:
    """Reads a file with one graph; nodes are called by their labels where all have one of theirs.

    The weight of an edge is its `weight`, or its `value`, as the format's files have it. Without
    the word `directed` the file does not say whether edges have a direction.
    """
    top = block_of(origin)
    graphs = top.all("graph")
    if len(graphs) != 1:
        raise origin.refused(f"{len(graphs)} graphs", "one 'graph [ ... ]'", "keep one graph")
    graph = graphs[0]
    nodes, edges = graph.all("node"), graph.all("edge")
    said = {"1": True, "0": False}.get(graph.values.get("directed", ""))
    weight = "weight" if any("weight" in map(str.lower, edge.values) for edge in edges) else "value"
    return graph_from(
        origin,
        [(wanted(node, "id", origin), rest(node, "id")) for node in nodes],
        [
            (
                wanted(edge, "source", origin),
                wanted(edge, "target", origin),
                rest(edge, "source", "target"),
            )
            for edge in edges
        ],
        [edge.line for edge in edges],
        [said] * len(edges),
        weight=weight,
        notes=("GML",),
    )


def wanted(block: Block, key: str, origin: Origin) -> str:
    """Returns a value that a node or an edge must have."""
    if key not in block.values:
        raise origin.refused(
            f"no '{key}'",
            "'id' of each node, 'source' and 'target' of each edge",
            "add it",
            block.line,
        )
    return block.values[key]


def rest(block: Block, *taken: str) -> Row:
    """Returns the values of a block but for some keys."""
    return {key: value for key, value in block.values.items() if key not in taken}


def block_of(origin: Origin) -> Block:
    """Returns the keys and blocks of a whole file."""
    text = as_utf8(origin.contents(), origin)[0].decode()
    tokens = located_tokens(REMARK.sub("", text))
    top = Block(0)
    open_ones = [top]
    line = 1
    for token, line in tokens:
        if token == "]":
            if len(open_ones) == 1:
                raise origin.refused("']' without '['", "pairs of brackets", "mend it", line)
            open_ones.pop()
            continue
        value, _ = next(tokens, ("", line))
        if value in ("", "]") or token[:1] in ('"', "["):
            found = f"'{token[:40]}' without a value"
            raise origin.refused(found, "key and value", "mend it", line)
        if value == "[":
            block = Block(line)
            open_ones[-1].blocks.append((token, block))
            open_ones.append(block)
        else:
            text = html.unescape(value[1:-1]) if value[:1] == '"' else value
            open_ones[-1].values.setdefault(token, text)
    if len(open_ones) > 1:
        raise origin.refused("'[' without ']'", "a whole file", "write the file once more", line)
    return top


def located_tokens(text: str) -> Iterator[tuple[str, int]]:
    """Yields every key, value and bracket with its line."""
    ends = [match.end() for match in re.finditer("\n", text)]
    for match in TOKEN.finditer(text):
        yield match.group(), bisect_right(ends, match.start()) + 1
