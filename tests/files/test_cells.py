import math

import numpy as np
import pytest

from netware.files.cells import Cells, joint_codes, joint_numbers, number, number_like


def test_numbers_blanks_and_words():
    values, bad = Cells.of(["1", " 2.5 ", "", None, "x", "nan", "1e3"]).numbers()
    assert values[[0, 1, 6]].tolist() == [1, 2.5, 1000]
    assert bad.tolist() == [False, False, False, False, True, True, False]
    assert Cells.of(["1", ""]).is_numeric() and not Cells.of(["", None]).is_numeric()
    assert Cells.of(["", " ", None, "x"]).missing().tolist() == [True, True, True, False]


def test_a_comma_stands_before_decimals_only_where_it_may():
    column = Cells.of(["1,5", "2", "-,25"])
    assert column.numbers()[1].tolist() == [True, False, True]
    assert Cells(column.values, comma=True).numbers()[0].tolist() == [1.5, 2, -0.25]
    thousands = Cells(Cells.of(["1,500", "2,250", "7"]).values, comma=True)
    assert thousands.numbers()[1].tolist() == [True, True, False], "1500 or 1.5"
    mixed = Cells(Cells.of(["1,500", "2.5"]).values, comma=True)
    assert mixed.numbers()[1].tolist() == [True, False], "with a point, a comma may be a thousand"


@pytest.mark.parametrize("text", ["1_000", "0x10", "1 2", "", "--1", "1.2.3", "\u0661"])
def test_what_python_or_a_spreadsheet_might_take_for_a_number_is_none(text):
    assert math.isnan(number(text)) and not number_like(text)


def test_texts_are_told_apart_by_what_they_say():
    texts, codes = Cells.of(["b", " a", "a ", None, "Zoe\u0308", "Zoë"]).codes()
    assert texts == ["b", "a", "Zoë", ""] and codes.tolist() == [0, 1, 1, 3, 2, 2]
    assert Cells.of(["a", "b"]).codes()[0] == ["a", "b"]


def test_two_columns_share_names_in_the_order_of_the_rows():
    found = joint_codes(Cells.of(["d", "a", "b"]), Cells.of(["c", "d", "a"]))
    assert found[0] == ["d", "c", "a", "b"]
    assert found[1].tolist() == [0, 2, 3] and found[2].tolist() == [1, 0, 2]


def test_numbers_are_named_alike():
    one, other = np.array([7, 9, 7, 8]), np.array([9, 8, 8, 12])
    texts = [Cells.of([str(number) for number in some.tolist()]) for some in (one, other)]
    found, expected = joint_numbers(one, other), joint_codes(*texts)
    assert found is not None and found[0] == expected[0]
    for own, wanted in zip(found[1:], expected[1:], strict=True):
        assert own.tolist() == wanted.tolist()
    assert joint_numbers(np.array([0]), np.array([10**12])) is None
