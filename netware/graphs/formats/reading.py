"""Reading: which format a graph file has, by its ending or by what it holds, and the reading."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from netware.files.origin import Origin
from netware.files.table import table_of
from netware.graphs.formats.edge_list import ListOptions, edge_list
from netware.graphs.read_graph import ReadGraph


LISTS = (".csv", ".tsv", ".txt", ".edgelist", ".edges", ".tab", ".dat", ".el")
READERS: Mapping[str, Callable[[Origin], ReadGraph]] = {}
ENDINGS = (*LISTS, *READERS)


@lru_cache(maxsize=8)
def graph_of(origin: Origin, version: tuple[int, int], options: ListOptions) -> ReadGraph:
    """Reads a graph file once, as long as it does not change."""
    suffix = origin.path.suffix.lower()
    if suffix in READERS:
        return READERS[suffix](origin)
    if suffix not in LISTS and not origin.path.name.startswith("out."):
        raise origin.refused(
            f"ending '{suffix}'",
            f"a file ending in {', '.join(ENDINGS)}",
            "rename the file, or write it with networkx.write_graphml",
        )
    return edge_list(table_of(origin, options.separator), options)
