"""Edge list: one edge a line, two ends and perhaps a weight, with names of columns or without."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from netware.files.cells import Cells, joint_codes, joint_numbers, number_like
from netware.files.header import has_header
from netware.files.table import WORDS, Table
from netware.graphs.read_graph import ReadGraph


PAIRS = tuple(
    tuple(pair.split())
    for pair in """
    source target,from to,src dst,src tgt,src dest,sourceid targetid,fromnodeid tonodeid,
    fromid toid,fromnode tonode,sourcenode targetnode,ego alter,sender receiver,
    sender recipient,tail head,origin destination,start end,trustor trustee,
    truster trustee,rater ratee,follower followee,follower followed,citing cited,
    caller callee,voter candidate,parent child,u v,i j,out in,fromuser touser,
    person event,author paper,actor event,user item,user group,plant pollinator
    """.split(",")
)
OTHER = re.compile(r"(id|edgeid|label|type|kind|weights?|w|time|timestamp|year|date|timeset|value)")
WEIGHTS = ("weight", "weights", "w")
PAIR = re.compile(r"(.*?)_?(1|a|one)", re.IGNORECASE)
SECOND = {"1": "2", "a": "b", "one": "two"}
KONECT = re.compile(r"%\s*(sym|asym|bip)\b")
SNAP = re.compile(r"[#%]\s*(un)?directed\b", re.IGNORECASE)
TYPES = {"directed": True, "undirected": False, "mutual": False}


@dataclass(frozen=True)
class ListOptions:
    """How a list is to be read, as far as the scenario says.

    Args:
        source: Column of the first end, by name or by its number from 1.
        target: Column of the second end, likewise.
        header: Whether the first line has the names of the columns.
        separator: Word for what stands between the fields.
        format: What a table holds: a `list`, a `matrix`, an `adjacency_list`, or `auto`.
    """

    source: str | int | None = None
    target: str | int | None = None
    header: bool | None = None
    separator: str | None = None
    format: str = "auto"


def edge_list(table: Table, options: ListOptions) -> ReadGraph:
    """Reads a list of edges; what cannot be told from the file is refused."""
    header = options.header
    if header is None:
        asked = [one for one in (options.source, options.target) if isinstance(one, str)]
        header = bool(asked) or has_header(table.sample, is_known, table.columns)
    rows, table = table.sample, table.named(header)
    if options.header is None and not header:
        refuse_doubtful(rows, table)
    if table.columns < 2:
        raise table.origin.refused("one column", "two ends in each line", "give both ends")
    ends = end_columns(table, options)
    rest = [index for index in range(table.columns) if index not in ends]
    numbers = table.whole_numbers(ends)
    joint = joint_numbers(*numbers) if numbers is not None else None
    if joint is not None:
        cells = table.read(rest) if rest else {}
        kept = np.arange(len(joint[1]))
    else:
        cells = table.read(range(table.columns))
        kept, lines = filled(table, cells, ends)
        cells = {index: cells[index].taken(kept) for index in cells} if len(kept) < lines else cells
        joint = joint_codes(cells[ends[0]], cells[ends[1]])
    ids, source, target = joint
    konect = KONECT.match(table.comments[0]) if table.comments else None
    columns = named_columns(table, cells, ends)
    word = WORDS[table.separator]
    read = f"{table.encoding}, {word} between fields, "
    read += f"names of columns in line {table.skipped}" if table.names else "no names of columns"
    return ReadGraph(
        ids=ids,
        source=source,
        target=target,
        columns=columns,
        directed=directions(table, columns, len(source)),
        in_passing=said_in_comments(table) is not None,
        weight=weight_of(table, columns),
        first=1 if konect else None,
        declared=False,
        line=lambda row: table.line_of(int(kept[row])),
        notes=(
            read,
            f"from {table.column_name(ends[0])} to {table.column_name(ends[1])}",
        ),
    )


def plain(name: str) -> str:
    """Returns the name of a column as it is looked up: letters and digits, small."""
    return re.sub(r"[\W_]+", "", name.lower())


def is_known(names: Sequence[str]) -> bool:
    """Tells whether some words are names of two ends."""
    return known_ends(names) is not None or (bool(names) and not names[0] and all(names[1:]))


def known_ends(names: Sequence[str]) -> tuple[int, int] | None:
    """Returns the columns that are the two ends by their names, if there is one of each."""
    low = [plain(name) for name in names]
    for source, target in PAIRS:
        if low.count(source) == 1 and low.count(target) == 1:
            return low.index(source), low.index(target)
    for index, name in enumerate(low):
        match = PAIR.fullmatch(name)
        other = match.group(1) + SECOND[match.group(2)] if match and match.group(1) else ""
        if other and low.count(other) == 1 and low.count(name) == 1:
            return index, low.index(other)
    return None


def end_columns(table: Table, options: ListOptions) -> tuple[int, int]:
    """Returns the columns of the two ends."""
    names = table.names or ()
    known = known_ends(names) if options.source is None or options.target is None else None
    left = [i for i, name in enumerate(names) if name and not OTHER.fullmatch(plain(name))]
    if known is None and names:
        known = (left[0], left[1]) if len(left) == 2 else None
    known = (0, 1) if not names else known
    found = [
        table.index_of(asked, key) if asked is not None else known[end] if known else None
        for end, (key, asked) in enumerate((("source", options.source), ("target", options.target)))
    ]
    one, other = found
    if one is None or other is None or one == other:
        raise table.origin.refused(
            f"columns {', '.join(repr(name) for name in names)}",
            "columns named source and target, from and to, or the like",
            f"write 'source:' and 'target:', say 'source: {(left or names or ['1'])[0]}'",
            table.skipped,
        )
    return one, other


def refuse_doubtful(rows: Sequence[Sequence[str]], table: Table) -> None:
    """Refuses a first line of words that no other line has: names of people, or of columns."""
    first, rest = rows[0], {cell for row in rows[1:] for cell in row}
    if len(rows) < 2 or any(map(number_like, first)) or rest & set(first):
        return
    raise table.origin.refused(
        f"'{', '.join(first)}' may be names of columns, or of two nodes that no other line has",
        "a list of which one can tell",
        "write 'header: true' if they name the columns, or 'header: false'",
        table.skipped + 1,
    )


def filled(table: Table, cells: dict[int, Cells], ends: tuple[int, int]) -> tuple[np.ndarray, int]:
    """Returns the rows that have both ends, and how many rows there are.

    Rows without anything in them are left out; one that lacks an end is refused.
    """
    lines = len(cells[ends[0]])
    lacking = cells[ends[0]].missing() | cells[ends[1]].missing()
    if not lacking.any():
        return np.arange(lines), lines
    empty = np.logical_and.reduce([column.missing() for column in cells.values()])
    if (lacking & ~empty).any():
        row = int(np.flatnonzero(lacking & ~empty)[0])
        end = next(end for end in ends if cells[end].missing()[row])
        raise table.origin.refused(
            f"nothing in {table.column_name(end)}",
            "two ends in each line",
            "write the end that is missing, or take the line out",
            table.line_of(row),
        )
    return np.flatnonzero(~empty), lines


def named_columns(table: Table, cells: dict[int, Cells], ends: tuple[int, int]) -> dict[str, Cells]:
    """Returns the columns beside the two ends by name, or by number where they have none."""
    found: dict[str, Cells] = {}
    for index, column in cells.items():
        name = table.names[index] if table.names else str(index + 1)
        if index not in ends and name and name not in found:
            found[name] = column
    return found


def weight_of(table: Table, columns: dict[str, Cells]) -> str | None:
    """Returns the column of weights: by its name, or the third of a list without names."""
    if table.names:
        return next((name for name in columns if plain(name) in WEIGHTS), None)
    third = next(iter(columns), None)
    if third is None or columns[third].missing().all():
        return None
    _, bad = columns[third].numbers()
    if bad.all():
        raise table.origin.refused(
            f"'{columns[third].texts()[0][:40]}' in column {third}, where a weight stands",
            "numbers in the third column of a list without names of columns",
            "write a first line that names the columns, or the weights as numbers",
            table.line_of(0),
        )
    return third


def directions(table: Table, columns: dict[str, Cells], edges: int) -> np.ndarray | None:
    """Returns which edges have a direction, where the file says it.

    A column `Type` says it as Gephi writes it, a comment of a KONECT or SNAP list for all.
    """
    said = said_in_comments(table)
    if said is not None:
        return np.full(edges, said)
    name = next((name for name in columns if plain(name) == "type"), None)
    if name is None:
        return None
    texts, codes = columns[name].codes()
    types = [TYPES.get(text.lower()) for text in texts]
    return None if None in types else np.array(types, dtype=bool)[codes]


def said_in_comments(table: Table) -> bool | None:
    """Returns whether a comment says that edges have a direction, or None where none says it."""
    konect = KONECT.match(table.comments[0]) if table.comments else None
    if konect:
        return konect.group(1) != "sym"
    snap = next((match for line in table.comments if (match := SNAP.match(line))), None)
    return None if snap is None else snap.group(1) is None
