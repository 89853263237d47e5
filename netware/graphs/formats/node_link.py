"""Node-link JSON: lists of nodes and of links, as NetworkX and D3 write them."""

import json
from typing import Any, TypeGuard

from netware.files.encoding import as_utf8
from netware.files.origin import Origin
from netware.graphs.formats.attributes import Row, graph_from
from netware.graphs.read_graph import ReadGraph


def node_link(origin: Origin) -> ReadGraph:
    """Reads a file with `nodes` and `links` (or `edges`); nodes without ids go by their places."""
    text = as_utf8(origin.contents(), origin)[0]
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        raise origin.refused(f"no JSON: {error}", "a JSON file", "mend the file", line) from None
    held = data if isinstance(data, dict) else {}
    links = held.get("links", held.get("edges"))
    nodes = held.get("nodes")
    if not is_rows(nodes) or not is_rows(links):
        raise origin.refused(
            f"keys {', '.join(held) or '(none)'}",
            "lists 'nodes' and 'links' (or 'edges') of mappings",
            "write it with networkx.node_link_data",
        )
    with_ids = [node for node in nodes if "id" in node]
    if with_ids and len(with_ids) < len(nodes):
        raise origin.refused("nodes without 'id'", "'id' of all or of none", "add the ids")
    names = [node["id"] if with_ids else place for place, node in enumerate(nodes)]
    if len({text_of(name) for name in names}) < len({repr(name) for name in names}):
        raise origin.refused(
            "a number and a text that are written alike", "ids of one type", "mend the ids"
        )
    for place, link in enumerate(links):
        if "source" not in link or "target" not in link:
            raise origin.refused(
                f"link {place + 1} without 'source' or 'target'", "both ends of each", "add them"
            )
    said = held.get("directed")
    return graph_from(
        origin,
        [(text_of(name), rest_of(node, "id")) for name, node in zip(names, nodes, strict=True)],
        [
            (
                text_of(link["source"]),
                text_of(link["target"]),
                rest_of(link, "source", "target", "key"),
            )
            for link in links
        ],
        [0] * len(links),
        [said if isinstance(said, bool) else None] * len(links),
        notes=("node-link JSON",),
    )


def is_rows(value: Any) -> TypeGuard[list[dict[str, Any]]]:
    """Tells whether a value is a list of mappings."""
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def text_of(value: Any) -> str:
    """Returns a value as it is written in a table."""
    return value if isinstance(value, str) else json.dumps(value)


def rest_of(row: dict[str, Any], *taken: str) -> Row:
    """Returns what a node or a link has beside some keys, as texts."""
    return {
        key: None if value is None else text_of(value)
        for key, value in row.items()
        if key not in taken
    }
