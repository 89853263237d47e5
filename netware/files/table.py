"""Table: rows and columns of a text file, whatever it was saved with."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from netware.files.cells import Cells, tidied
from netware.files.comments import without_comments
from netware.files.encoding import as_utf8
from netware.files.origin import Origin
from netware.files.separator import SEPARATORS, fields, separator_of


SEPARATOR = re.compile(rb"sep=([,;|\t])[ \t]*\n")
SAMPLE_BYTES = 1 << 18
SAMPLE_LINES = 1000
WORDS = {sign: word for word, sign in SEPARATORS.items()}


@dataclass(frozen=True)
class Table:
    """The rows of a text file, not yet read but for the first of them.

    Args:
        origin: The file.
        text: Its rows in UTF-8, without comments, blank lines perhaps among them.
        separator: What stands between fields.
        columns: Number of columns. [1]
        names: Names of the columns, or None where the file gives none.
        comments: What the lines of comment at its beginning say.
        encoding: What the file is written in.
        skipped: Lines before the first row of `text`. [1]
    """

    origin: Origin
    text: bytes
    separator: str
    columns: int
    names: tuple[str, ...] | None
    comments: tuple[str, ...]
    encoding: str
    skipped: int

    @cached_property
    def sample(self) -> list[list[str]]:
        """Returns the first rows, field by field."""
        return [[tidied(cell) for cell in row] for row in fields(head(self.text), self.separator)]

    def named(self, header: bool) -> "Table":
        """Returns the table with its first row as the names of its columns, or without names."""
        if not header:
            return self
        rest = self.text.lstrip(b"\n")
        reader = csv.reader(head(rest), delimiter=self.separator)
        names = tuple(cell.strip() for cell in next(reader))
        if len(names) == self.columns - 1:
            names = ("", *names)
        blank, start = len(self.text) - len(rest), 0
        for _ in range(reader.line_num):
            start = rest.find(b"\n", start) + 1 or len(rest)
        above = blank + reader.line_num
        return replace(self, names=names, text=rest[start:], skipped=self.skipped + above)

    def column_name(self, index: int) -> str:
        """Names a column as its file does, or by its number from 1."""
        name = self.names[index] if self.names else ""
        return f"'{name}'" if name else f"column {index + 1}"

    def index_of(self, asked: str | int, key: str) -> int:
        """Returns which column is meant by a name, or by a number counted from 1."""
        names = self.names or ()
        found = [index for index, name in enumerate(names) if name == asked]
        if not found and isinstance(asked, str):
            found = [
                index for index, name in enumerate(names) if name.lower() == asked.strip().lower()
            ]
        if not found and isinstance(asked, int) and 1 <= asked <= self.columns:
            return asked - 1
        if len(found) == 1:
            return found[0]
        many = "two columns" if found else "no column"
        raise self.origin.beside(key).refused(
            f"{many} '{asked}'",
            f"one of {', '.join(names)}" if names else f"a number, 1 to {self.columns}",
            f"write another '{key}'",
        )

    def read(self, columns: Sequence[int]) -> dict[int, Cells]:
        """Reads some columns of all rows; a row of another length is refused by its line."""
        wanted = [*dict.fromkeys(columns)]
        odd: list[str] = []
        try:
            found = self.parsed(wanted, pa.string(), odd)
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                return {index: Cells.of([]) for index in wanted}
            raise self.origin.refused(
                str(error).splitlines()[0], "a table", "mend the file"
            ) from None
        if odd:
            raise self.ragged()
        comma = self.separator != ","
        return {index: Cells(found[str(index)].combine_chunks(), comma) for index in wanted}

    def whole_numbers(self, columns: Sequence[int]) -> list[np.ndarray] | None:
        """Returns columns as numbers, if all in them are whole, from 0 on, as one writes them.

        Half the time of reading texts, which names need: 0.03 s for a million lines.
        """
        if self.text[:1].isalpha() or b'"' in self.text or leading_zeros(self.text):
            return None
        odd: list[str] = []
        try:
            found = self.parsed(columns, pa.int64(), odd)
        except pa.ArrowInvalid:
            return None
        if odd:
            return None
        values = [found[str(index)].combine_chunks() for index in columns]
        if any(one.null_count or not len(one) for one in values):
            return None
        numbers = [one.to_numpy() for one in values]
        return numbers if all(one.min() >= 0 for one in numbers) else None

    def parsed(self, columns: Sequence[int], kind: pa.DataType, odd: list[str]) -> pa.Table:
        """Returns some columns as the parser has them; rows of another length go into `odd`."""
        names = [str(index) for index in range(self.columns)]

        def noted(row: arrow_csv.InvalidRow) -> str:
            if row.text.strip():
                odd.append(row.text)
            return "skip"

        return arrow_csv.read_csv(
            pa.BufferReader(self.text),
            arrow_csv.ReadOptions(column_names=names),
            arrow_csv.ParseOptions(
                delimiter=self.separator,
                newlines_in_values=b'"' in self.text,
                invalid_row_handler=noted,
            ),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, kind),
                include_columns=[str(index) for index in columns],
                strings_can_be_null=False,
            ),
        )

    def ragged(self) -> Exception:
        """Returns the refusal of the first row that has more or fewer fields than others."""
        reader = csv.reader(self.text.decode().split("\n"), delimiter=self.separator)
        for row in reader:
            if len(row) != self.columns and "".join(row).strip():
                word = WORDS[self.separator]
                return self.origin.refused(
                    f"{len(row)} fields, where other lines have {self.columns} ({word} between)",
                    "as many fields in every line",
                    "write what is missing, or take what is too much out",
                    self.skipped + reader.line_num,
                )
        raise AssertionError("the parser found a row of another length")

    def line_of(self, row: int) -> int:
        """Returns the line of the file that a row stands in."""
        reader = csv.reader(self.text.decode().split("\n"), delimiter=self.separator)
        there = (reader.line_num for fields in reader if fields and "".join(fields).strip(" \t"))
        found = next((line for index, line in enumerate(there) if index == row), 0)
        return self.skipped + found


def table_of(origin: Origin, separator: str | None = None, single: bool = False) -> Table:
    """Opens a table: encoding, comments and separator are found, names of columns are not yet.

    With `single`, a file whose lines have no separator is a table of one column.
    """
    text, encoding = as_utf8(origin.contents(), origin)
    text, comments, skipped = without_comments(text, origin)
    if said := SEPARATOR.match(text):
        # Spreadsheets write the separator into a first line of its own.
        text, skipped, separator = text[said.end() :], skipped + 1, WORDS[said.group(1).decode()]
    lines = head(text)
    alone = single and not any(sign in line.strip() for line in lines for sign in WORDS)
    word = separator or ("comma" if alone else None)
    sign = SEPARATORS[word] if word else separator_of(lines, origin)
    if sign == " ":
        text = single_blanks(text)
    rows = fields(head(text), sign)
    counts = [len(row) for row in rows]
    columns = max(set(counts), key=counts.count) if counts else 0
    if counts and (len(counts) == 2 or counts[0] + 1 == columns):
        columns = counts[1]
    return Table(origin, text, sign, columns, None, comments, encoding, skipped)


def leading_zeros(text: bytes) -> bool:
    """Tells whether a number anywhere is written with a plus, or a zero that need not be there."""
    if b"+" in text:
        return True
    signs = np.frombuffer(b"\n" + text + b"\n", dtype=np.uint8)
    zeros = np.flatnonzero(signs == ord("0"))
    before, after = signs[zeros - 1], signs[zeros + 1]
    return bool(((before < ord(".")) & (after >= ord("0")) & (after <= ord("9"))).any())


def head(text: bytes) -> list[str]:
    """Returns the first lines of a text that are not blank."""
    some = text[:SAMPLE_BYTES]
    if len(text) > SAMPLE_BYTES:
        some = some[: some.rfind(b"\n") + 1]
    lines = (line for line in some.decode().split("\n") if line.strip())
    return [line for line, _ in zip(lines, range(SAMPLE_LINES), strict=False)]


def single_blanks(text: bytes) -> bytes:
    """Returns a text with one blank between fields and none at the ends of lines."""
    if b'"' in text:
        return "\n".join(map(quoted_apart, text.decode().split("\n"))).encode()
    text = text.replace(b"\t", b" ")
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text.replace(b" \n", b"\n").replace(b"\n ", b"\n").strip(b" ")


def quoted_apart(line: str) -> str:
    """Returns a line with one blank between fields; what stands in quotes stays as it is."""
    return " ".join(re.findall(r'"[^"]*"|[^\s"]\S*', line))
