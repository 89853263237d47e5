import errno
import fcntl
import json
import os

import pytest

from netware.errors import StoreError
from netware.record.lock import Lock, owner_of


def test_one_of_two_starters_runs_and_the_other_is_told_who(memory_path, crash_target):
    races = crash_target("crash_target", "race", memory_path, 20)
    assert len(races) == 20
    for race in races:
        assert f"process {race['winner']} on " in race["text"]
        assert race["took"] < 1
        assert race["free"] < 2  # after kill -9 of the owner


def test_a_child_of_a_killed_owner_does_not_keep_the_lock(memory_path, crash_target):
    assert crash_target("crash_target", "orphan", memory_path) == "taken while the grandchild lives"


def test_a_second_lock_in_the_same_process_is_refused_too(tmp_path):
    lock = Lock.take(tmp_path / ".lock")
    with pytest.raises(StoreError, match=f"F-LOCK process {os.getpid()} on") as caught:
        Lock.take(tmp_path / ".lock")
    assert caught.value.exit_code == 74
    assert "wait for that process, or end it" in str(caught.value)
    lock.release()
    lock.release()
    Lock.take(tmp_path / ".lock").release()


def test_the_lock_names_its_owner(tmp_path):
    lock = Lock.take(tmp_path / ".lock")
    assert owner_of(tmp_path / ".lock")["pid"] == os.getpid()
    assert json.loads((tmp_path / ".lock").read_text())["host"] == os.uname().nodename
    lock.release()


def test_a_lock_is_no_link(tmp_path):
    (tmp_path / ".lock").symlink_to(tmp_path / "precious")
    with pytest.raises(StoreError, match="cannot be written"):
        Lock.take(tmp_path / ".lock")
    assert not (tmp_path / "precious").exists()


def test_a_disk_that_is_full_gives_the_lock_back(tmp_path, fail_call):
    fail_call(3, "ENOSPC")
    with pytest.raises(StoreError, match="No space left"):
        Lock.take(tmp_path / ".lock")
    Lock.take(tmp_path / ".lock").release()


def test_a_file_system_without_locks_is_refused(tmp_path, monkeypatch):
    def no_locks(descriptor, how):
        raise OSError(errno.ENOLCK, "No locks available")

    with monkeypatch.context() as patched:
        patched.setattr(fcntl, "flock", no_locks)
        with pytest.raises(StoreError, match="F-LOCK cannot be locked: No locks available"):
            Lock.take(tmp_path / ".lock")
    Lock.take(tmp_path / ".lock").release()
