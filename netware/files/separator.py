"""Separator: what stands between the fields of a line, found from the lines themselves."""

import csv
from collections.abc import Sequence

from netware.files.cells import WITH_COMMA, number_like
from netware.files.origin import Origin


SEPARATORS = {"tab": "\t", "semicolon": ";", "bar": "|", "comma": ",", "blank": " "}


def separator_of(lines: Sequence[str], origin: Origin) -> str:
    """Returns the character between fields: one that cuts every line into as many, two or more.

    Tabs, semicolons and bars go before commas, which may stand before decimals, and these before
    blanks, which may stand in names. Where none cuts all lines alike, the first that cuts every
    line is taken, so that the line that differs can be named.
    """
    many = {sign: [len(row) for row in fields(lines, sign)] for sign in SEPARATORS.values()}
    able = [sign for sign, counts in many.items() if counts and min(counts) > 1]
    alike = [sign for sign in able if is_even(many[sign])]
    if alike[:1] == [","] and " " in alike and only_decimals(lines):
        return " "
    if alike or able:
        return (alike or able)[0]
    return mostly(lines, many, origin)


def mostly(lines: Sequence[str], many: dict[str, list[int]], origin: Origin) -> str:
    """Returns what cuts most of the lines, so that one of the others can be named; or refuses."""
    cut = {sign: sum(count > 1 for count in counts) for sign, counts in many.items()}
    best = max(cut, key=lambda sign: cut[sign])
    if lines and cut[best] * 2 > len(lines):
        return best
    raise origin.refused(
        f"'{lines[0][:40]}' has no separator" if lines else "no lines but comments",
        "fields between commas, semicolons, tabs or blanks",
        "save it with one of these between the fields",
    )


def is_even(counts: Sequence[int]) -> bool:
    """Tells whether all lines have as many fields, but for the first, which may lack one.

    A first line that lacks one names the columns of a table whose rows have names.
    """
    return len(set(counts[1:] or counts)) == 1 and counts[0] in (counts[-1], counts[-1] - 1)


def fields(lines: Sequence[str], separator: str) -> list[list[str]]:
    """Returns the fields of some lines, quotes taken off."""
    if separator == " ":
        lines = [" ".join(line.split()) for line in lines]
    return [row for row in csv.reader(lines, delimiter=separator) if row]


def only_decimals(lines: Sequence[str]) -> bool:
    """Tells whether commas stand in numbers alone, in lines that are cut at blanks."""
    rows = [line.split() for line in lines]
    with_comma = [field for row in rows for field in row if "," in field]
    return all(map(WITH_COMMA.fullmatch, with_comma)) and all(
        number_like(field) for row in rows[1:] for field in row
    )
