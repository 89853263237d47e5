import os
from pathlib import Path

import pytest

from netware.errors import StoreError
from netware.record import files


OLD, NEW = b"old " * 1000, b"new! " * 2000


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_writes_and_replaces_a_file_and_leaves_no_draft(tmp_path):
    path = tmp_path / "a"
    files.write_atomically(path, OLD)
    files.write_atomically(path, NEW)
    assert path.read_bytes() == NEW
    assert names(tmp_path) == ["a"]


def test_writes_an_empty_file_and_views(tmp_path):
    files.write_together({tmp_path / "a": b"", tmp_path / "b": memoryview(bytes(16))[4:12]})
    assert (tmp_path / "a").read_bytes() == b""
    assert (tmp_path / "b").read_bytes() == bytes(8)


def test_a_kill_at_any_call_leaves_the_old_file_or_the_new_one(memory_path, crash_target):
    found = crash_target("crash_target", "file", memory_path)
    assert found["calls"] == 9  # twice open, write, fsync; twice rename; fsync of the folder
    assert found["killed"] == 3 * 9


@pytest.mark.parametrize("how", ["ENOSPC", "EIO", "EROFS"])
def test_an_error_at_any_call_keeps_the_old_file_and_explains_itself(tmp_path, fail_call, how):
    path = tmp_path / "a"
    for call in range(1, 6):
        path.write_bytes(OLD)
        fail_call(call, how)
        with pytest.raises(StoreError) as caught:
            files.write_atomically(path, NEW)
        text = str(caught.value)
        assert caught.value.exit_code == 74
        assert str(tmp_path) in text
        assert "bytes are free" in text
        moved = call == 5  # the file is in place, only its name may not be on the disk yet
        assert path.read_bytes() == (NEW if moved else OLD)
        assert moved or f"{len(NEW):,}" in text
        assert names(tmp_path) == ["a"]
    fail_call(6, how)
    files.write_atomically(path, NEW)


def test_the_text_of_a_full_disk(tmp_path, fail_call):
    fail_call(2, "ENOSPC")
    with pytest.raises(StoreError) as caught:
        files.write_atomically(tmp_path / "a", bytes(12_345))
    (problem,) = caught.value.problems
    assert problem.found == "cannot be written: No space left on device"
    assert problem.expected.startswith("room for 12,345 bytes or more; ")
    assert "free some space" in problem.fix
    assert problem.code == "F-FULL"


def test_a_system_that_writes_only_half_is_asked_again(tmp_path, fail_call):
    fail_call(2, "SHORT")
    files.write_atomically(tmp_path / "a", NEW)
    assert (tmp_path / "a").read_bytes() == NEW


def test_a_link_in_the_place_of_the_draft_is_not_followed(tmp_path):
    (tmp_path / "precious").write_bytes(OLD)
    (tmp_path / f".a.{os.getpid()}{files.DRAFT}").symlink_to("precious")
    with pytest.raises(StoreError, match="cannot be written"):
        files.write_atomically(tmp_path / "a", NEW)
    assert (tmp_path / "precious").read_bytes() == OLD


def test_nothing_is_written_through_a_link(tmp_path):
    (tmp_path / "precious").write_bytes(OLD)
    (tmp_path / "a").symlink_to("precious")
    files.write_atomically(tmp_path / "a", NEW)
    assert (tmp_path / "precious").read_bytes() == OLD
    (tmp_path / "b").symlink_to("precious")
    with pytest.raises(StoreError):
        files.append_line(tmp_path / "b", "more")
    assert (tmp_path / "precious").read_bytes() == OLD


def test_lines_are_added_one_by_one(tmp_path):
    files.append_line(tmp_path / "log", "one")
    files.append_line(tmp_path / "log", "two\nlines")
    assert (tmp_path / "log").read_text() == "one\ntwo\\nlines\n"


def test_makes_folders_and_new_folders(tmp_path):
    files.make_folder(tmp_path / "a" / "b")
    files.make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    assert files.make_new_folder(tmp_path / "c")
    assert not files.make_new_folder(tmp_path / "c")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="Not a directory"):
        files.make_folder(tmp_path / "file")


def test_removes_trees_but_not_what_links_point_to(tmp_path):
    (tmp_path / "keep").mkdir()
    (tmp_path / "keep" / "a").write_bytes(OLD)
    (tmp_path / "go" / "deep").mkdir(parents=True)
    (tmp_path / "go" / "deep" / "b").write_bytes(OLD)
    (tmp_path / "go" / "link").symlink_to(tmp_path / "keep")
    files.remove_tree(tmp_path / "go")
    files.remove_tree(tmp_path / "never")
    files.remove(tmp_path / "never")
    assert names(tmp_path) == ["keep"]
    assert names(tmp_path / "keep") == ["a"]


def test_removes_the_drafts_of_killed_writers(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / f".a.123{files.DRAFT}").write_bytes(OLD)
    (tmp_path / "deep" / "a").write_bytes(OLD)
    files.remove_drafts(tmp_path)
    assert names(tmp_path / "deep") == ["a"]


@pytest.mark.parametrize(
    "name",
    [
        *("..", ".", "", "../x", "a/b", "/etc", "a\\b", "a\0b", "x.", "con", "NUL.txt", " a", "a "),
        *("%2e%2e", "-rf", ".hidden", "a" * 65, "a\nb", "a\n", "~root", "C:x", "\xe9", "\uff41"),
    ],
)
def test_a_name_that_is_no_plain_name_is_refused(tmp_path, name):
    with pytest.raises(StoreError, match="P-NAME"):
        files.within(tmp_path, name)


def test_a_link_that_leads_out_is_refused(tmp_path):
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "out").symlink_to(tmp_path)
    (tmp_path / "runs" / "in").mkdir()
    with pytest.raises(StoreError, match=r"P-OUTSIDE a link that leads to"):
        files.within(tmp_path / "runs", "out")
    assert files.within(tmp_path / "runs", "in", "Vicsek_1995-b.2") == (
        tmp_path / "runs" / "in" / "Vicsek_1995-b.2"
    )
