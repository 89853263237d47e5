"""Cells: one column of a file as text, and as numbers where it holds some."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


NUMBER = re.compile(
    r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|infinity|nan)", re.ASCII | re.IGNORECASE
)
WITH_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?", re.ASCII)

THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+", re.ASCII)
"""What may be thousands: a column of nothing else with a comma in it is not taken for decimals."""


@dataclass(frozen=True)
class Cells:
    """One column of a file.

    Args:
        values: A text for each row, null where the file has none.
        comma: Whether a comma may stand before the decimals.
    """

    values: pa.Array
    comma: bool = False

    @classmethod
    def of(cls, texts: Sequence[str | None]) -> "Cells":
        """Takes a text, or None, for each row."""
        return cls(pa.array(texts, pa.string()))

    def __len__(self) -> int:
        return len(self.values)

    def texts(self) -> list[str]:
        """Returns the text of every row without blanks around it, nothing where there is none."""
        return [tidied(text) if text else "" for text in self.values.to_pylist()]

    def taken(self, rows: np.ndarray) -> "Cells":
        """Returns some rows, by a mask or by their numbers."""
        if rows.dtype == np.bool_:
            rows = np.flatnonzero(rows)
        return Cells(self.values.take(pa.array(rows)), self.comma)

    def numbers(self) -> tuple[np.ndarray, np.ndarray]:
        """Returns a number for each row, not a number where there is none, and which rows are bad.

        A row is bad if it holds a text that is no finite number; a row that holds nothing is not.
        """
        try:
            found = pc.cast(self.values, pa.float64()).to_numpy(zero_copy_only=False)
            if np.isfinite(found).all():
                return found, np.zeros(len(found), dtype=bool)
        except pa.ArrowInvalid:
            pass
        texts = self.texts()
        # A column with a point in it has no decimal commas: there `1,234` may be a thousand.
        comma = self.comma and not any("." in text for text in texts)
        if comma and (commas := [text for text in texts if "," in text]):
            comma = not all(map(THOUSANDS.fullmatch, commas))
        found = np.array([number(text, comma) for text in texts], dtype=np.float64)
        there = np.array([bool(text) for text in texts], dtype=bool)
        return found, there & ~np.isfinite(found)

    def is_numeric(self) -> bool:
        """Tells whether every row that holds something holds a number, and one does."""
        found, bad = self.numbers()
        return not bad.any() and bool(np.isfinite(found).any())

    def missing(self) -> np.ndarray:
        """Marks the rows that hold nothing."""
        texts, codes = self.codes()
        return np.array([not text for text in texts], dtype=bool)[codes]

    def codes(self) -> tuple[list[str], np.ndarray]:
        """Returns the different texts in the order that they appear in, and which each row has."""
        encoded = self.values.dictionary_encode()
        texts, codes = encoded.dictionary.to_pylist(), encoded.indices
        codes = pc.fill_null(codes, len(texts)).to_numpy(zero_copy_only=False).astype(np.int64)
        return merged([tidied(text) for text in texts] + [""], codes)


def merged(texts: list[str], codes: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Returns each text once, and the codes of rows that go with that."""
    place: dict[str, int] = {}
    new = np.array([place.setdefault(text, len(place)) for text in texts], dtype=np.int64)
    if "" in place and not (codes == len(texts) - 1).any() and texts.count("") == 1:
        del place[""]
    return list(place), new[codes]


def tidied(text: str) -> str:
    """Returns a text without blanks around it, in the one way that Unicode composes letters."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFC", text.strip())


def number(text: str, comma: bool = False) -> float:
    """Returns the number that a text is, or not a number."""
    if NUMBER.fullmatch(text):
        return float(text)
    if comma and WITH_COMMA.fullmatch(text):
        return float(text.replace(",", "."))
    return float("nan")


def number_like(text: str) -> bool:
    """Tells whether a text can be read as a number, with a point or a comma."""
    text = text.strip()
    return bool(NUMBER.fullmatch(text) or WITH_COMMA.fullmatch(text))


def joint_numbers(
    one: np.ndarray, other: np.ndarray
) -> tuple[list[str], np.ndarray, np.ndarray] | None:
    """Returns what `joint_codes` does of two columns of numbers from 0 on; None if they are far."""
    both = np.stack([one, other], 1).ravel()
    least, most = int(both.min()), int(both.max())
    if most - least > 4 * len(both) + 1000:
        return None
    first = np.full(most - least + 1, len(both))
    first[both[::-1] - least] = np.arange(len(both) - 1, -1, -1)
    there = np.flatnonzero(first < len(both))
    order = there[np.argsort(first[there])]
    rank = np.zeros(len(first), dtype=np.int64)
    rank[order] = np.arange(len(order))
    names = [str(number) for number in (order + least).tolist()]
    return names, rank[one - least], rank[other - least]


def joint_codes(one: Cells, other: Cells) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Returns the texts of two columns in the order of the rows, and which each row has in both."""
    texts, codes = Cells(pa.concat_arrays([one.values, other.values])).codes()
    both = np.stack([codes[: len(one)], codes[len(one) :]], 1)
    flat = both.ravel()
    first = np.full(len(texts), len(flat))
    first[flat[::-1]] = np.arange(len(flat) - 1, -1, -1)
    order = np.argsort(first, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return [texts[index] for index in order], rank[both[:, 0]], rank[both[:, 1]]
