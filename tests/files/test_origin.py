import os
from pathlib import Path

import pytest

from netware.errors import ScenarioError
from netware.files.origin import Origin, located, refuse_irregular


def test_only_regular_files_are_opened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError, match=r"'none\.csv' is not there"):
        refuse_irregular(Path("none.csv"), "here")
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("folder.csv", "pipe.csv"):
        with pytest.raises(ScenarioError, match="is no regular file"):
            refuse_irregular(tmp_path / name, "here")
    for name in ("a\0b.csv", "x" * 5000 + ".csv"):
        with pytest.raises(ScenarioError, match="P-FILE"):
            refuse_irregular(tmp_path / name, "here")


def test_a_relative_path_stays_in_the_folder(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "net.csv").write_text("0,1\n")
    (inside / "link.csv").symlink_to(tmp_path / "net.csv")
    for name in ("../net.csv", "./../net.csv", "x/../../net.csv", "link.csv"):
        with pytest.raises(ScenarioError, match="P-OUTSIDE"):
            located(name, inside, "here")
    assert located("net.csv", inside, "here") == inside / "net.csv"
    assert located(str(tmp_path / "net.csv"), inside, "here") == tmp_path / "net.csv"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
def test_the_beginning_of_a_long_file_can_be_read(tmp_path, encoding):
    path = tmp_path / "net.csv"
    path.write_bytes(("Zoë,Jürgen\n" * 10_000).encode(encoding))
    head = Origin(path, "here").head()
    assert len(head) <= 1 << 16 and head.decode(encoding).startswith("Zoë,Jürgen\nZoë")


def test_an_error_names_file_and_line_or_another_key(tmp_path):
    origin = Origin(tmp_path / "net.csv", "relations.net.topology.path")
    error = origin.beside("weight").refused("no weight", "a weight", "write one", 7)
    assert str(error) == (
        "relations.net.topology.weight: P-FILE net.csv:7: no weight\n"
        "  expected: a weight\n  fix: write one"
    )
