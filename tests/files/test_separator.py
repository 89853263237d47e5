from pathlib import Path

import pytest

from netware.errors import ScenarioError
from netware.files.origin import Origin
from netware.files.separator import separator_of


ORIGIN = Origin(Path("list.csv"), "here")


@pytest.mark.parametrize(
    ("lines", "separator"),
    [
        (["a,b", "c,d"], ","),
        (["a;b,5", "c;d,5"], ";"),
        (["a\tb c", "d\te f"], "\t"),
        (["Ann Lee,Bob Ray", "Bob Ray,Cid Doe"], ","),
        (["0 1 2,5", "1 2 3,5"], " "),
        (["  0   1", "10  11"], " "),
        (['"a,b",c', '"d,e",f'], ","),
        (["a,b,c", "n,0,1,2", "m,3,4,5"], ","),
        (["a,b", "c,d,e"], ","),
        (["a|b", "c|d"], "|"),
        (["0,1", "1 2", "2,0"], ","),
    ],
)
def test_it_cuts_all_lines_alike(lines, separator):
    assert separator_of(lines, ORIGIN) == separator


@pytest.mark.parametrize("lines", [[], ["ann", "bob"]])
def test_without_one_the_file_is_refused(lines):
    with pytest.raises(ScenarioError, match="fields between commas, semicolons, tabs or blanks"):
        separator_of(lines, ORIGIN)
