"""Names of folders: those that every system takes, and no other."""

import pytest

from netware.files.folder_name import can_be_folder


@pytest.mark.parametrize("name", ["a", "vicsek_1995", "0.1-b", "A" * 64, "console"])
def test_plain_names_can_be_folders(name) -> None:
    assert can_be_folder(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "a/b",
        "a\\b",
        ".a",
        "a.",
        "con",
        "NUL.txt",
        "lpt1",
        "a b",
        "é",
        "a\n",
        "A" * 65,
    ],
)
def test_other_names_cannot(name) -> None:
    assert not can_be_folder(name)
