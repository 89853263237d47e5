"""Reading: which format a graph file has, by its ending or by what it holds, and the reading."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from netware.files.origin import Origin
from netware.files.table import table_of
from netware.graphs.formats.adjacency_list import adjacency_list
from netware.graphs.formats.data_list import data_list, is_data_list
from netware.graphs.formats.edge_list import ListOptions, edge_list
from netware.graphs.formats.gexf import gexf
from netware.graphs.formats.gml import gml
from netware.graphs.formats.graphml import graphml
from netware.graphs.formats.matrix import binary_matrix, is_matrix, table_matrix
from netware.graphs.formats.node_link import node_link
from netware.graphs.formats.pajek import pajek
from netware.graphs.read_graph import ReadGraph


TABLES = (".csv", ".tsv", ".txt", ".edgelist", ".edges", ".tab", ".dat", ".el")
READERS: Mapping[str, Callable[[Origin], ReadGraph]] = {
    ".graphml": graphml,
    ".gml": gml,
    ".gexf": gexf,
    ".net": pajek,
    ".paj": pajek,
    ".json": node_link,
    ".adjlist": adjacency_list,
    ".npy": binary_matrix,
    ".npz": binary_matrix,
    ".mtx": binary_matrix,
}
KONECT_NAME = "out."


@lru_cache(maxsize=8)
def graph_of(origin: Origin, version: tuple[int, int], options: ListOptions) -> ReadGraph:
    """Reads a graph file once, as long as it does not change."""
    suffix = origin.path.suffix.lower()
    if suffix in READERS:
        return READERS[suffix](origin)
    if suffix not in TABLES and not origin.path.name.startswith(KONECT_NAME):
        raise origin.refused(
            f"ending '{suffix}'",
            f"a file ending in {', '.join((*READERS, *TABLES))}",
            "rename the file, or write it with networkx.write_graphml",
        )
    if options.format == "adjacency_list":
        return adjacency_list(origin)
    refuse_other_formats(origin)
    if is_data_list(origin):
        return data_list(origin)
    table = table_of(origin, options.separator)
    asked = (options.source, options.target, options.header)
    by_look = options.format == "auto" and asked == (None, None, None)
    if options.format == "matrix" or (by_look and is_matrix(table)):
        return table_matrix(table)
    return edge_list(table, options)


def refuse_other_formats(origin: Origin) -> None:
    """Refuses a file of another format under the ending of a table, by its first word."""
    start = origin.head()[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    signs = {b"*": ".net", b"<": ".graphml or .gexf", b"graph [": ".gml", b"{": ".json"}
    ending = next((ending for sign, ending in signs.items() if start.startswith(sign)), None)
    if ending is None and start.startswith(b"%%matrixmarket"):
        ending = ".mtx"
    if ending is not None:
        raise origin.refused(
            f"'{start[:20].decode(errors='replace')}', which no list of edges begins with",
            f"the ending of its format, {ending}",
            f"rename the file to end in {ending}",
            1,
        )
