"""GraphML: nodes and edges with data, directed or not edge by edge."""

from netware.files.origin import Origin
from netware.graphs.formats.attributes import Row, graph_from
from netware.graphs.formats.xml_tree import Element, tree_of
from netware.graphs.read_graph import ReadGraph


DIRECTED = {
    "directed": True,
    "undirected": False,
    "true": True,
    "false": False,
    "1": True,
    "0": False,
}


def graphml(origin: Origin) -> ReadGraph:
    """Reads a file with one graph."""
    top = tree_of(origin)
    graphs = top.all("graph")
    if top.name != "graphml" or len(graphs) != 1:
        raise origin.refused(
            f"{len(graphs)} graphs in <{top.name}>", "one <graph> in <graphml>", "keep one graph"
        )
    graph = graphs[0]
    keys = {key.attributes.get("id", ""): key for key in top.all("key")}
    strange = next((one for one in graph.inside if one.name == "hyperedge" or nests(one)), None)
    if strange is not None:
        raise origin.refused(
            f"<{strange.name}> with more than two ends, or a graph inside",
            "nodes and edges between two nodes",
            "take it out",
            strange.line,
        )
    default = DIRECTED.get(graph.attributes.get("edgedefault", ""))
    edges = graph.all("edge")
    return graph_from(
        origin,
        [(named(node, "id", origin), data_of(node, "node", keys)) for node in graph.all("node")],
        [
            (
                named(edge, "source", origin),
                named(edge, "target", origin),
                data_of(edge, "edge", keys),
            )
            for edge in edges
        ],
        [edge.line for edge in edges],
        [DIRECTED.get(edge.attributes.get("directed", "").lower(), default) for edge in edges],
        notes=("GraphML",),
    )


def nests(element: Element) -> bool:
    """Tells whether an element has a graph inside."""
    return element.one("graph") is not None


def named(element: Element, key: str, origin: Origin) -> str:
    """Returns an attribute that an element must have."""
    if key not in element.attributes:
        raise origin.refused(
            f"<{element.name}> without '{key}'",
            f"'{key}' of every {element.name}",
            "add it",
            element.line,
        )
    return element.attributes[key]


def data_of(element: Element, what: str, keys: dict[str, Element]) -> Row:
    """Returns the data of a node or an edge by the names of their keys, defaults put in."""
    found: dict[str, str | None] = {}
    for key in keys.values():
        default, name = key.one("default"), key.attributes.get("attr.name")
        if name and default is not None and key.attributes.get("for") in (what, "all"):
            found[name] = default.text.strip()
    for datum in element.all("data"):
        id = datum.attributes.get("key", "")
        key = keys.get(id)
        name = key.attributes.get("attr.name", id) if key else id
        if datum.text.strip() or not datum.inside:
            found[name] = datum.text.strip()
    return found
