"""Matrix: a row for each source, a column for each target, the weight where they meet."""

import zipfile
from collections.abc import Sequence

import numpy as np
import scipy.io
import scipy.sparse

from netware.files.cells import Cells, number_like
from netware.files.origin import Origin
from netware.files.table import Table
from netware.graphs.formats.edge_list import KONECT, known_ends
from netware.graphs.read_graph import MOST_NODES, ReadGraph


BROKEN = (
    ValueError,
    OSError,
    TypeError,
    OverflowError,
    KeyError,
    MemoryError,
    zipfile.BadZipFile,
)
"""What NumPy and SciPy raise for a file that is not what its ending says."""


def binary_matrix(origin: Origin) -> ReadGraph:
    """Reads a matrix from `.npy`, `.npz` (of SciPy, or with one array) or `.mtx`."""
    origin.contents()
    suffix = origin.path.suffix.lower()
    try:
        if suffix == ".mtx":
            matrix = scipy.io.mmread(origin.path)
        elif suffix == ".npy":
            matrix = np.load(origin.path, allow_pickle=False)
        else:
            matrix = from_npz(origin)
        sparse = scipy.sparse.coo_array(matrix)
    except (
        ValueError,
        OSError,
        TypeError,
        OverflowError,
        zipfile.BadZipFile,
        KeyError,
        MemoryError,
    ) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise origin.refused(
            f"no matrix: {reason}", f"a matrix in {suffix}", "write the file once more"
        ) from None
    kind = sparse.data.dtype
    if len(sparse.coords) != 2 or kind.kind not in "biuf":
        raise origin.refused(
            f"an array of {len(sparse.coords)} axes and type {kind}",
            "a matrix of numbers, two axes",
            "save the matrix",
        )
    sparse.sum_duplicates()
    row, column = sparse.coords
    weight = sparse.data.astype(np.float64)
    rows, columns = sparse.shape or (0, 0)  # pyright: ignore[reportAttributeAccessIssue]
    if max(rows, columns) > MOST_NODES:
        raise origin.refused(
            f"{rows} rows, {columns} columns", f"at most {MOST_NODES}", "take less"
        )
    beside, above = named_rows(rows), named_rows(columns)
    return graph_of_matrix(row, column, weight, beside, above, [suffix[1:]])


def from_npz(origin: Origin) -> scipy.sparse.sparray | np.ndarray:
    """Returns the sparse matrix, or the one array, of an `.npz`."""
    with np.load(origin.path, allow_pickle=False) as file:
        if "format" not in file.files:
            square = [name for name in file.files if file[name].ndim == 2]
            if len(square) != 1:
                raise origin.refused(
                    f"arrays {', '.join(file.files) or '(none)'}",
                    "a sparse matrix of SciPy, or one array of two axes",
                    "save it with scipy.sparse.save_npz",
                )
            return file[square[0]]
    return scipy.sparse.load_npz(origin.path)


def table_matrix(table: Table) -> ReadGraph:
    """Reads a matrix from a table: with names above and before it, or without."""
    names = is_labelled(table)
    named = table.named(names)
    start = 1 if names else 0
    cells = named.read(range(named.columns))
    columns = [cells[index].numbers() for index in range(start, named.columns)]
    for index, (values, bad) in enumerate(columns):
        wrong = bad | np.isnan(values)
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            text = cells[index + start].texts()[row]
            raise table.origin.refused(
                f"'{text[:40]}' in a matrix",
                "a number in each place, 0 for no link",
                "write the number",
                named.line_of(row),
            )
    matrix = np.stack([values for values, _ in columns], 1)
    row, column = np.nonzero(matrix)
    beside = cells[0].texts() if names else named_rows(len(matrix))
    above = list((named.names or ())[1:]) if names else named_rows(len(columns))
    for some in (above, beside):
        twice = next((name for name in some if not name or some.count(name) > 1), None)
        if twice is not None:
            raise table.origin.refused(
                f"'{twice}' twice, or no name, beside a matrix",
                "a name of its own for each row and column",
                "mend the names",
                table.skipped + 1,
            )
    return graph_of_matrix(row, column, matrix[row, column], beside, above, [table.encoding])


def graph_of_matrix(
    row: np.ndarray,
    column: np.ndarray,
    weight: np.ndarray,
    beside: Sequence[str],
    above: Sequence[str],
    notes: Sequence[str],
) -> ReadGraph:
    """Returns the arcs of a matrix, from rows to columns; 0 is no link.

    The nodes are one kind if there are as many rows as columns, with the same names where they
    have names, and two kinds otherwise.
    """
    kept = weight != 0
    row, column, weight = row[kept].astype(np.int64), column[kept].astype(np.int64), weight[kept]
    said = (*notes, f"a matrix of {len(beside)} rows (sources), {len(above)} columns (targets)")
    if sorted(above) == sorted(beside):
        ids = beside
        place = {name: index for index, name in enumerate(beside)}
        column = np.array([place[name] for name in above], dtype=np.int64)[column]
        modes = np.arange(len(ids)), np.arange(len(ids))
    else:
        ids = list(dict.fromkeys([*beside, *above]))
        place = {name: index for index, name in enumerate(ids)}
        first, second = (np.array([place[name] for name in some]) for some in (beside, above))
        row, column, modes = first[row], second[column], (first, second)
    return ReadGraph(
        ids=ids,
        source=row,
        target=column,
        columns={"weight": Cells.of([repr(float(one)) for one in weight])},
        directed=np.ones(len(row), dtype=bool),
        weight="weight",
        modes=modes,
        declared=False,
        whole=True,
        notes=said,
    )


def named_rows(many: int) -> list[str]:
    """Returns the numbers of rows or columns, as names."""
    return [str(index) for index in range(many)]


def is_labelled(table: Table) -> bool:
    """Tells whether a table is a matrix with names above its columns and before its rows."""
    rows = table.sample
    if len(rows) < 2 or table.columns < 3 or known_ends(rows[0]) is not None:
        return False
    above = rows[0][1:] if len(rows[0]) == table.columns else rows[0]
    before = [row[0] for row in rows[1:]]
    if len(rows[0]) == table.columns and rows[0][0] and number_like(rows[0][0]):
        return False
    if sorted(above) == sorted(before) and len(set(above)) == len(above):
        return True
    inside = all(number_like(cell) for row in rows[1:] for cell in row[1:])
    corner = len(rows[0]) < table.columns or not rows[0][0]
    return (
        inside and corner and not all(map(number_like, before)) and not all(map(number_like, above))
    )


def is_matrix(table: Table) -> bool:
    """Tells whether a table is a matrix; refuses one that could be a matrix or a list of edges."""
    if is_labelled(table):
        return True
    rows = table.sample
    if table.comments and KONECT.match(table.comments[0]):
        return False
    cells = [cell for row in rows for cell in row]
    if table.columns < 3 or not all(number_like(cell) for cell in cells if cell):
        return False
    if "" in cells:
        return len(rows) == table.columns and table.columns > 4
    if any(len(row) != table.columns for row in rows):
        return False
    square = len(rows) == table.columns
    if table.columns >= 5 and not square:
        return True
    if not square:
        return False
    values = np.array([[float(cell.replace(",", ".")) for cell in row] for row in rows])
    as_list = could_be_list(values)
    as_matrix = table.columns >= 5 or not values.diagonal().any() or (values == values.T).all()
    if as_list and as_matrix:
        raise table.origin.refused(
            f"{len(rows)} lines of {table.columns} numbers, a matrix or a list of edges",
            "a file of which one can tell",
            "write 'format: matrix' or 'format: list'",
        )
    return bool(as_matrix)


def could_be_list(values: np.ndarray) -> bool:
    """Tells whether rows could be edges: two different whole numbers first, and no edge twice."""
    ends = values[:, :2]
    whole = bool((ends == np.round(ends)).all() and (ends >= 0).all())
    pairs = {tuple(pair) for pair in ends.tolist()}
    return whole and bool((ends[:, 0] != ends[:, 1]).all()) and len(pairs) == len(ends)
