"""GEXF: nodes with labels, edges that weigh 1 unless they say more, directed or not one by one."""

from netware.files.origin import Origin
from netware.graphs.formats.attributes import Row, graph_from
from netware.graphs.formats.graphml import named
from netware.graphs.formats.xml_tree import Element, tree_of
from netware.graphs.read_graph import ReadGraph


TYPES = {"directed": True, "undirected": False, "mutual": False}
KNOWN = ("id", "label", "kind", "start", "end")
WEIGHT = "weight"


def gexf(origin: Origin) -> ReadGraph:
    """Reads a file with one graph; an edge without a weight weighs 1.0, as the format has it."""
    top = tree_of(origin)
    graph = top.one("graph")
    if top.name != "gexf" or graph is None:
        raise origin.refused(f"<{top.name}>", "a <graph> in <gexf>", "write the file once more")
    titles = {what: titles_of(graph, what) for what in ("node", "edge")}
    nodes = [node for part in graph.all("nodes") for node in below(part, "node")]
    edges = [edge for part in graph.all("edges") for edge in part.all("edge")]
    default = TYPES.get(graph.attributes.get("defaultedgetype", "undirected"), False)
    rows = [values_of(edge, titles["edge"], origin) for edge in edges]
    if any(WEIGHT in edge.attributes for edge in edges):
        for edge, row in zip(edges, rows, strict=True):
            row[WEIGHT] = edge.attributes.get(WEIGHT)
    held = []
    for node in nodes:
        row = values_of(node, titles["node"], origin)
        row.setdefault("label", node.attributes.get("label"))
        held.append((named(node, "id", origin), row))
    return graph_from(
        origin,
        held,
        [
            (named(edge, "source", origin), named(edge, "target", origin), row)
            for edge, row in zip(edges, rows, strict=True)
        ],
        [edge.line for edge in edges],
        [TYPES.get(edge.attributes.get("type", ""), default) for edge in edges],
        weight=WEIGHT,
        left_out=1.0,
        notes=("GEXF",),
    )


def below(part: Element, name: str) -> list[Element]:
    """Returns the elements of a name inside a part, and those inside of these."""
    found: list[Element] = []
    for one in part.all(name):
        found.append(one)
        for inner in one.all(f"{name}s"):
            found += below(inner, name)
    return found


def titles_of(graph: Element, what: str) -> dict[str, tuple[str, str | None]]:
    """Returns title and default of each attribute of nodes or edges, by its id."""
    return {
        one.attributes.get("id", ""): (
            one.attributes.get("title") or one.attributes.get("id", ""),
            default.text.strip() if (default := one.one("default")) else None,
        )
        for part in graph.all("attributes")
        if part.attributes.get("class") == what
        for one in part.all("attribute")
    }


def values_of(
    element: Element, titles: dict[str, tuple[str, str | None]], origin: Origin
) -> dict[str, str | None]:
    """Returns the attributes of a node or an edge by their titles, defaults put in."""
    found: dict[str, str | None] = {
        title: default for title, default in titles.values() if default is not None
    }
    own: Row = {key: element.attributes[key] for key in KNOWN[2:] if key in element.attributes}
    found |= own
    seen: set[str] = set()
    for part in element.all("attvalues"):
        for value in part.all("attvalue"):
            id = value.attributes.get("for", value.attributes.get("id", ""))
            if id in seen:
                raise origin.refused(
                    f"two values of '{id}', which changes with time",
                    "one value of each attribute",
                    "keep the value of one time",
                    value.line,
                )
            seen.add(id)
            found[titles.get(id, (id, None))[0]] = value.attributes.get("value")
    return found
