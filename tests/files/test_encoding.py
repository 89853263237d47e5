from pathlib import Path

import pytest

from netware.errors import ScenarioError
from netware.files.encoding import as_utf8
from netware.files.origin import Origin


ORIGIN = Origin(Path("list.csv"), "here")


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "windows-1252"),
        ("latin-1", "windows-1252"),
    ],
)
def test_letters_come_through_and_the_encoding_is_said(encoding, said):
    text = "größe,b\nJürgen,1\n"
    assert as_utf8(text.encode(encoding), ORIGIN) == (text.encode(), said)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_in_one_way(end):
    assert as_utf8(end.join(["a", "b", ""]).encode(), ORIGIN)[0] == b"a\nb\n"


def test_bytes_without_a_meaning_in_windows_are_latin():
    assert as_utf8(b"\x81\xe9", ORIGIN) == ("\x81é".encode(), "latin-1")


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04\x00\x00\x01", b"\xef\xbb\xbfa\n\xff\xfe", b"\xff\xfea"]
)
def test_what_is_no_text_is_refused(data):
    with pytest.raises(ScenarioError, match=r"list\.csv"):
        as_utf8(data, ORIGIN)
