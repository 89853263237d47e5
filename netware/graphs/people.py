"""People: what a file says of agents one by one, a table with a row for each or a graph's nodes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from netware.files.cells import Cells
from netware.files.header import has_header
from netware.files.origin import Origin
from netware.files.table import Table, table_of
from netware.graphs.formats.edge_list import ListOptions, plain
from netware.graphs.formats.reading import READERS, graph_of
from netware.graphs.names import Mention, Names
from netware.graphs.read_graph import no_line


NAMES = ("name", "names", "label", "person", "agent", "node")
IDS = ("id", "nodeid", "key", "number", "user", "userid", "")


@dataclass(frozen=True)
class People:
    """What a file says of agents, a row for each.

    Args:
        origin: The file.
        rows: Number of rows. [1]
        mention: Who is in each row, or None where the file does not say.
        maybe: Who is in each row if the first column, whose name does not say it, has the ids.
        columns: What it says of each, by name.
        line: Line that a row stands in, 0 if none.
    """

    origin: Origin
    rows: int
    mention: Mention | None
    columns: Mapping[str, Cells]
    line: Callable[[int], int] = no_line
    maybe: Mention | None = None

    def names(self) -> tuple[Sequence[str], Sequence[str] | None]:
        """Returns the name of each row, and what it is called beside."""
        if self.mention is None:
            raise self.origin.refused(
                "no column of names", "a column 'name', or one of words", "name that column 'name'"
            )
        names = self.mention.names
        twice = next((name for name in names if list(names).count(name) > 1 or not name), None)
        if twice is not None:
            raise self.origin.refused(
                f"'{twice}' twice, or no name", "a name of its own for each agent", "mend the names"
            )
        return names, self.mention.ids if names is not self.mention.ids else None

    def values(self, column: str, names: Names) -> np.ndarray:
        """Returns a number for each agent, from the row that is about it."""
        near = [name for name in self.columns if name.lower() == column.lower()]
        column = near[0] if column not in self.columns and len(near) == 1 else column
        if column not in self.columns:
            raise self.origin.refused(
                f"no column '{column}'",
                f"one of {', '.join(self.columns) or '(none)'}",
                "write one of these as 'column'",
            )
        found, bad = self.columns[column].numbers()
        if (bad | np.isnan(found)).any():
            row = int(np.flatnonzero(bad | np.isnan(found))[0])
            raise self.origin.refused(
                f"'{self.columns[column].texts()[row][:40]}' in column '{column}'",
                "a finite number for each agent",
                "write the number",
                self.line(row),
            )
        who = self.who(names)
        values = np.full(names.agents, np.nan)
        values[who[who < names.agents]] = found[who < names.agents]
        if self.rows != names.agents or np.isnan(values).any():
            raise self.origin.refused(
                f"{self.rows} rows for {names.agents} agents{self.absent(values, names)}",
                "a row for each agent",
                "add the rows that are missing",
            )
        return values

    def who(self, names: Names) -> np.ndarray:
        """Returns the agent of each row: the one it names, or, if it names none, that of its place.

        Rows of agents that files call by names are about those that they name, and no others.
        """
        if self.mention is not None:
            return names.of(self.mention)
        ids = self.maybe.ids if self.maybe else ()
        if self.maybe is not None and names.names and set(ids) == set(names.names):
            return names.of(self.maybe)
        numbers = sorted(self.maybe.numbers or ()) if self.maybe else []
        if self.maybe and numbers in (list(range(names.agents)), list(range(1, names.agents + 1))):
            return np.array(self.maybe.numbers) - numbers[0]
        if names.names is None:
            return np.arange(self.rows)
        raise self.origin.refused(
            f"rows without names, and agents with names such as '{names.names[0]}'",
            "a column 'name' or 'id' that says about which agent each row is",
            "name that column 'name'",
        )

    def absent(self, values: np.ndarray, names: Names) -> str:
        """Names the first agent that has no row."""
        missing = np.flatnonzero(np.isnan(values))
        if not len(missing):
            return ""
        shown = names.shown
        return f", none about '{shown[missing[0]] if shown else missing[0]}'"


@lru_cache(maxsize=8)
def people_of(origin: Origin, version: tuple[int, int]) -> People:
    """Reads a table with a row for each agent, or the nodes of a graph file."""
    if origin.path.suffix.lower() in READERS:
        graph = graph_of(origin, version, ListOptions())
        mention = Mention(origin, graph.ids, graph.labels, graph.first, graph.whole)
        return People(origin, len(graph.ids), mention, graph.nodes)
    table = table_of(origin, single=True)
    table = table.named(has_header(table.sample, is_named, table.columns))
    cells = table.read(range(table.columns))
    columns = {
        (table.names[index] if table.names else str(index + 1)): column
        for index, column in cells.items()
    }
    mention = mention_in(table, cells)
    maybe = None
    if mention is None and table.columns > 1:
        maybe = Mention(origin, cells[0].texts())
    return People(origin, len(cells[0]), mention, columns, table.line_of, maybe)


def is_named(words: Sequence[str]) -> bool:
    """Tells whether a first row has the name of a column of names or ids."""
    return any(word and plain(word) in (*NAMES, *IDS) for word in words)


def mention_in(table: Table, cells: Mapping[int, Cells]) -> Mention | None:
    """Returns who is in each row: by the columns of names and ids, or by a first one of words."""
    words = [plain(name) for name in table.names or ()]
    label = next((words.index(word) for word in NAMES if word in words), None)
    id = next((words.index(word) for word in IDS if word in words), None)
    if label is None and id is None:
        if cells[0].is_numeric():
            return None
        label = 0
    labels = None if label is None else cells[label].texts()
    ids = labels if id is None else cells[id].texts()
    assert ids is not None
    return Mention(table.origin, ids, labels if id is not None else None)
