import pytest

from netware.files.header import has_header


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([["a", "b"], ["1", "2"]], True),
        ([["1", "2"], ["3", "4"]], False),
        ([["ann", "1"], ["bob", "2"]], False),
        ([["ann", "bob"], ["bob", "cid"]], False),
        ([["x", "y"], ["ann", "bob"]], True),
        ([["a", "b"], ["0", "1", "2"]], True),
        ([["a", ""], ["b", "2,5"]], False),
        ([], False),
    ],
)
def test_names_stand_above_numbers_or_are_known(rows, found):
    columns = len(rows[-1]) if rows else 0
    assert has_header(rows, lambda words: list(words) == ["x", "y"], columns) is found
