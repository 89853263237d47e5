import pytest

from netware.errors import ScenarioError
from netware.files.origin import Origin
from netware.files.table import Table, table_of


def opened(tmp_path, text: str, **more) -> Table:
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode())
    return table_of(Origin(path, "here"), **more)


def test_rows_keep_the_lines_that_they_stand_in(tmp_path):
    table = opened(tmp_path, '# one\n\na,b\n"x\ny",1\n\n# two\nz,2\n').named(True)
    cells = table.read([0, 1])
    assert table.names == ("a", "b") and table.comments == ("# one",)
    assert cells[0].texts() == ["x\ny", "z"] and cells[1].numbers()[0].tolist() == [1, 2]
    assert table.line_of(1) == 8


@pytest.mark.parametrize("separator", ["tab", "semicolon", "bar", "comma", "blank"])
def test_a_separator_may_be_told(tmp_path, separator):
    sign = {"tab": "\t", "semicolon": ";", "bar": "|", "comma": ",", "blank": " "}[separator]
    table = opened(tmp_path, f"a{sign}b\nc{sign}d\n", separator=separator)
    assert [cell.texts() for cell in table.read([0, 1]).values()] == [["a", "c"], ["b", "d"]]


@pytest.mark.parametrize(
    ("text", "line"), [("a,b\nc\nd,e\n", 2), ("a,b\nc,d\ne,f,g\n", 3), ("1,2\n3\n5,6\n", 2)]
)
def test_a_row_of_another_length_is_refused_and_never_left_out(tmp_path, text, line):
    table = opened(tmp_path, text)
    assert table.whole_numbers([0, 1]) is None
    with pytest.raises(ScenarioError, match=rf"table\.csv:{line}: . fields, where other"):
        table.read([0, 1])


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("0,1\n10,20\n", True),
        ("0;1;0,5\n1;2;0,5\n", True),
        ("01,1\n1,2\n", False),
        ("+1,1\n1,2\n", False),
        ("-1,1\n1,2\n", False),
        ("1.0,1\n1,2\n", False),
        ("a,1\n1,2\n", False),
        (",1\n1,2\n", False),
    ],
)
def test_whole_numbers_are_those_that_are_written_so(tmp_path, text, whole):
    assert (opened(tmp_path, text).whole_numbers([0, 1]) is not None) is whole


def test_a_column_is_found_by_name_or_number(tmp_path):
    table = opened(tmp_path, "A,b,b\n1,2,3\n").named(True)
    assert table.index_of("a", "targets") == 0 and table.index_of(2, "targets") == 1
    with pytest.raises(ScenarioError, match="two columns 'b'"):
        table.index_of("b", "targets")
    with pytest.raises(ScenarioError, match="no column 'c'"):
        table.index_of("c", "targets")


def test_a_list_of_names_has_one_column(tmp_path):
    assert opened(tmp_path, "name\nann\nbob\n", single=True).columns == 1
