"""Header: whether the first row of a table holds the names of its columns."""

from collections.abc import Callable, Sequence

from netware.files.cells import number_like


def has_header(
    rows: Sequence[Sequence[str]], known: Callable[[Sequence[str]], bool], columns: int
) -> bool:
    """Tells whether the first row names the columns.

    It does if it lacks the field above the names of rows, if its words are known as such names, or
    if it holds a word above a column of numbers. A first row with a number in it does not.
    """
    if not rows:
        return False
    first, rest = rows[0], rows[1:]
    if len(first) == columns - 1 and rest:
        return True
    if any(number_like(cell) for cell in first):
        return False
    if known(first):
        return True
    return any(
        first[index] and above_numbers([row[index] for row in rest if len(row) > index])
        for index in range(len(first))
    )


def above_numbers(column: Sequence[str]) -> bool:
    """Tells whether all that stands in a column, and something does, are numbers."""
    there = [cell for cell in column if cell]
    return bool(there) and all(map(number_like, there))
