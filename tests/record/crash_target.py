"""A process that dies on purpose: forks children that write, and kills or fails their n-th call.

Run as a script with a command and its arguments; prints one JSON line for the test to read.
A script of its own, so that it forks from a process that has only one thread.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from netware.errors import StoreError
from netware.record import files
from netware.record.lock import Lock
from tests.record.file_calls import FileCalls


CALLS = FileCalls.watched(pytest.MonkeyPatch())
OLD, NEW = b"old " * 1000, b"new! " * 2000


def fork(work: Callable[[], object], crash: str = "", fault: str = "") -> int:
    """Runs `work` in a child, one file call of which dies or fails; returns how it ended."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            CALLS.crash, CALLS.fault = crash, fault
            work()
            code = 0
        except Exception as error:
            code = getattr(error, "exit_code", 70)
            sys.stderr.write(f"{error!r}\n")
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def file(folder: Path) -> None:
    """Kills a writer of two files at every call, before, after and half-way."""
    ended: dict[str, int] = {}
    for call in range(1, 100):
        for how in ("", "+", "~"):
            paths = [folder / "a", folder / "b"]
            for path in paths:
                path.write_bytes(OLD)
            code = fork(
                lambda paths=paths: files.write_together({path: NEW for path in paths}),
                f"{call}{how}",
            )
            assert code in (0, -signal.SIGKILL), code
            assert all(path.read_bytes() in (OLD, NEW) for path in paths), (call, how)
            if code == 0:
                assert all(path.read_bytes() == NEW for path in paths)
            ended[f"{call}{how}"] = code
            for draft in folder.glob(f".*{files.DRAFT}"):
                draft.unlink()
            assert sorted(path.name for path in folder.iterdir()) == ["a", "b"]
        if code == 0:
            break
    print(json.dumps({"killed": sum(code != 0 for code in ended.values()), "calls": call - 1}))


def race(folder: Path, races: int) -> None:
    """Lets two processes take a lock at once, kills the winner, and takes the lock again."""
    results = []
    for turn in range(races):
        path = folder / f"{turn}.lock"
        start_read, start_write = os.pipe()
        ends = []
        for _ in range(2):
            read, write = os.pipe()
            child = os.fork()
            if child == 0:
                os.close(start_write)
                os.read(start_read, 1)
                begun = time.monotonic()
                try:
                    Lock.take(path)
                    os.write(write, b"won")
                    time.sleep(60)
                except StoreError as error:
                    took = time.monotonic() - begun
                    os.write(write, json.dumps([took, str(error)]).encode())
                finally:
                    os._exit(0)
            ends.append((child, read))
        os.close(start_read)
        os.close(start_write)
        said = {child: os.read(read, 10_000).decode() for child, read in ends}
        winner = next(child for child in said if said[child] == "won")
        loser = next(child for child in said if child != winner)
        os.kill(winner, signal.SIGKILL)
        os.waitpid(winner, 0)
        begun = time.monotonic()
        Lock.take(path).release()
        free = time.monotonic() - begun
        took, text = json.loads(said[loser])
        results.append({"winner": winner, "took": took, "text": text, "free": free})
        os.waitpid(loser, 0)
    print(json.dumps(results))


def orphan(folder: Path) -> None:
    """Kills a lock's owner that has a child of its own, and takes the lock within two seconds."""

    read, write = os.pipe()
    owner = os.fork()
    if owner == 0:
        Lock.take(folder / ".lock")
        grandchild = os.fork()
        if grandchild == 0:
            time.sleep(60)
            os._exit(0)
        os.write(write, str(grandchild).encode())
        time.sleep(60)
        os._exit(0)
    grandchild = int(os.read(read, 100))
    os.kill(owner, signal.SIGKILL)
    os.waitpid(owner, 0)
    end = time.monotonic() + 2
    try:
        while True:
            try:
                Lock.take(folder / ".lock").release()
                break
            except StoreError:
                if time.monotonic() > end:
                    raise
        os.kill(grandchild, 0)
        print(json.dumps("taken while the grandchild lives"))
    finally:
        os.kill(grandchild, signal.SIGKILL)


if __name__ == "__main__":
    command, folder, *rest = sys.argv[1:]
    {"file": file, "race": race, "orphan": orphan}[command](Path(folder), *map(int, rest))
