"""Raises runs in forked children and kills them: at chosen file calls, and after chosen times.

A script of its own, so that it forks from a process that has only one thread and has imported
everything once. Prints one JSON line for the test to read.
"""

import hashlib
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import torch
import xarray as xr

from netware.record.checkpoint import latest
from netware.running.run import resume, start
from tests.record.file_calls import FileCalls


torch.set_num_threads(1)
CALLS = FileCalls.watched(pytest.MonkeyPatch())


def child(work: Callable[[], object], crash: str = "") -> int:
    """Starts `work` in a child, which dies at the file call given; returns its process id."""
    number = os.fork()
    if number == 0:
        code = 70
        try:
            CALLS.crash = crash
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return number


def ended(number: int) -> int:
    """Waits for a child and returns how it ended."""
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def run_of(root: Path) -> Path | None:
    """Returns the one run below a folder, if it was made whole."""
    found = list(root.glob("*/*/manifest.json"))
    return found[0].parent if found else None


def fingerprint(run: Path) -> str:
    """Returns a sha256 of what a run holds: metrics and graph byte by byte, agents, tensors."""
    digest = hashlib.sha256((run / "relations.graphml").read_bytes())
    for part in sorted((run / "metrics").glob("part-*.parquet")):
        digest.update(part.read_bytes())
    for group in ("panel", "snapshots"):
        data = xr.open_zarr(run / "agents.zarr", group=group).load()
        for name in sorted(map(str, data.variables)):
            digest.update(name.encode() + data[name].values.tobytes())
    final = latest(run / "checkpoints")
    assert final is not None
    digest.update(str(final.step).encode())
    for name, values in sorted(final.tensors.items()):
        digest.update(name.encode() + values.numpy().tobytes())
    return digest.hexdigest()


def readable(run: Path) -> int:
    """Reads what is there with plain pandas and xarray; returns the rows found."""
    parts = sorted((run / "metrics").glob("part-*.parquet"))
    table = pd.concat([pd.read_parquet(part) for part in parts]) if parts else pd.DataFrame()
    if len(table):
        keys = [one for one in table.columns if one not in ("value", "time")]
        assert not table.duplicated(keys).any(), "a step is there twice"
    if (run / "agents.zarr" / "zarr.json").exists():
        xr.open_zarr(run / "agents.zarr", group="panel").load()
    return len(table)


def taken_up(root: Path, scenario: Path) -> Path:
    """Resumes the run below a folder; starts it where the kill came before there was one."""
    begun = run_of(root)

    def work() -> None:
        if begun is None:
            start(scenario, (), root, quiet=True)
        else:
            resume(begun, quiet=True)

    assert ended(child(work)) == 0
    run = run_of(root)
    assert run is not None
    return run


def main(scenario: Path, folder: Path, enumerated: int, timed: int) -> None:
    """Kills a run at `enumerated` file calls and after `timed` times; every one is resumed."""
    before = time.monotonic()
    assert ended(child(lambda: counting(scenario, folder / "reference"))) == 0
    length = time.monotonic() - before
    reference = run_of(folder / "reference")
    assert reference is not None
    wanted, calls = fingerprint(reference), int((folder / "calls").read_text())
    killed = same = lost = 0
    for turn in range(enumerated + timed):
        root = folder / f"kill-{turn}"
        go = lambda root=root: start(scenario, (), root, quiet=True)  # noqa: E731
        if turn < enumerated:
            place = 1 + (2 * turn + 1) * calls // (2 * enumerated)
            how = ("", "+", "~")[turn % 3]
            code = ended(child(go, f"{place}{how}"))
        else:
            number = child(go)
            time.sleep(length * (0.1 + 0.8 * (turn - enumerated) / timed))
            os.kill(number, signal.SIGKILL)
            code = ended(number)
        killed += code == -signal.SIGKILL
        run = run_of(root)
        rows = readable(run) if run else 0
        done = taken_up(root, scenario)
        same += fingerprint(done) == wanted
        lost += readable(done) < rows
    print(json.dumps({"calls": calls, "killed": killed, "same": same, "lost": lost}))


def counting(scenario: Path, root: Path) -> None:
    """Runs undisturbed and notes how many file calls that took."""
    start(scenario, (), root, quiet=True)
    (root.parent / "calls").write_text(str(CALLS.made))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
