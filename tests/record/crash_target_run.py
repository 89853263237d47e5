"""A small run that is killed, failed or damaged on purpose, resumed, and compared byte by byte.

Run as a script with a command and its arguments; prints one JSON line for the test to read.
"""

import hashlib
import json
import random
import shutil
import signal
import sys
from pathlib import Path

import pandas as pd
import torch
import xarray as xr

from netware.draws import Draws
from netware.population import Population
from netware.probes.consensus.disagreement import Disagreement
from netware.record.recorder import Recorder
from netware.record.run_folder import RunFolder
from netware.simulation.sight import Sight
from netware.world import World
from tests.record.crash_target import CALLS, fork


REPLICAS, AGENTS, STEPS, EVERY = 2, 3, 7, 3
LAST = f"checkpoints/step-{STEPS:012d}"


def digest(folder: Path, checkpoints: str = "checkpoints") -> str:
    """Returns the sha256 of every file that has no clock in it, names included."""
    sha = hashlib.sha256()
    for part in ("metrics", "agents.zarr", checkpoints):
        for path in sorted((folder / part).rglob("*")):
            if path.is_file():
                sha.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return sha.hexdigest()


def world_at(step: int, output: torch.Tensor) -> World:
    """Returns a world with one population of agents in the plane."""

    state = {"output": output, "rule.own": output * 2}
    birds = Population("birds", AGENTS, REPLICAS, state=state)
    return World(Draws.of(1, REPLICAS), {"birds": birds}, step=step, dt=0.5)


def live(root: Path, until: int = STEPS) -> None:
    """Runs a small simulation from wherever its folder stands to its end."""

    found = [path.parent for path in root.glob("*/*/manifest.json")]
    if found:
        run = RunFolder.open(found[0])
        assert run.resolved() == "resolved: text"
        last = run.latest()
        run.truncate_to(last)
    else:
        run = RunFolder.create(root, "demo", "scenario: text", "resolved: text", {"seeds": [1]})
        last = None
    recorder = Recorder({"spread": Disagreement("birds")}, panel=2, snapshots=2)
    if last:
        step, x = last.step, last.tensors["x"]
        run.log(f"resumed at {step}; {len(last.warnings)} warnings")
    else:
        step, x = 0, torch.linspace(0, 1, REPLICAS * AGENTS * 2).view(-1, 2)
        recorder.observe(Sight(world_at(step, x)))
    while step < until:
        x, step = (x * 1.7 + 0.3 * step).sin(), step + 1
        recorder.observe(Sight(world_at(step, x)))
        if step % EVERY == 0 or step == STEPS:
            run.append(recorder.flush())
            run.checkpoint(step, {"x": x}, {"note": step})
            run.progress(step, recorder.latest())
    run.status("done" if step == STEPS else "running", step, STEPS)
    run.close()


def inspect(root: Path) -> None:
    """Reads a run as plain tools do: all up to its last checkpoint must be there, and whole."""

    for run in root.glob("*/*"):
        headers = sorted((run / "checkpoints").glob("step-*/header.json"))
        if not headers:
            continue
        last = json.loads(headers[-1].read_bytes())["step"]
        table = pd.read_parquet(run / "metrics")
        seen = sorted(set(table["step"]))
        assert seen == list(range(len(seen))), seen
        assert len(table) == len(seen) * REPLICAS * 3
        assert seen[-1] >= last
        for group, every in (("panel", 1), ("snapshots", 2)):
            data = xr.open_zarr(run / "agents.zarr", group=group).load()
            steps = data["step"].to_numpy().tolist()
            assert steps == list(range(0, steps[-1] + 1, every)), steps
            assert steps[-1] + every > last
            assert not data["birds.output"].isnull().any()


def count_calls(root: Path) -> None:
    """Runs to the end and writes down how many system calls that took."""

    live(root)
    (root / "calls").write_text(str(CALLS.made))


def faults(root: Path, kind: str, seed: int, most: int) -> None:
    """Kills or fails a run's n-th call, looks at what is left, resumes, and compares all bytes."""
    fork(lambda: count_calls(root / "whole"))
    expected = digest(next((root / "whole").glob("*/*")))
    calls = int((root / "whole" / "calls").read_text())
    ways = {"kill": ("", "~"), "fail": (":ENOSPC", ":EIO")}[kind]
    how = {"kill": "crash", "fail": "fault"}[kind]
    points = [f"{number}{way}" for number in range(1, calls + 1) for way in ways]
    chosen = random.Random(seed).sample(points, min(most, len(points)))
    wrong = []
    for point in chosen:
        own = root / point
        ends = [
            fork(lambda own=own: live(own), **{how: point}),
            fork(lambda own=own: inspect(own)),
            fork(lambda own=own: live(own)),
        ]
        runs = [path.parent for path in own.glob("*/*/manifest.json")]
        left = [str(path) for path in (runs[0].rglob("*.tmp") if runs else ())]
        first = -signal.SIGKILL if kind == "kill" else 74
        if ends != [first, 0, 0] or {digest(run) for run in runs} != {expected} or left:
            wrong.append([point, ends, left])
        shutil.rmtree(own)
    print(json.dumps({"calls": calls, "points": len(chosen), "wrong": wrong}))


def flips(root: Path, seed: int, most: int) -> None:
    """Flips one bit of a run, or cuts one of its files, and resumes it.

    Each must be noticed (exit code 74), or come to the same bytes all the same; damage to a
    checkpoint that is not the last may lie there until its turn to go.
    """
    chance = random.Random(seed)
    fork(lambda: live(root / "whole"))
    expected = digest(next((root / "whole").glob("*/*")), LAST)
    fork(lambda: live(root / "half", until=STEPS - 1))
    files = sorted(path.relative_to(root / "half") for path in (root / "half").rglob("*"))
    files = [path for path in files if (root / "half" / path).is_file()]
    outcomes: dict[str, int] = {"noticed": 0, "same": 0}
    silent = []
    for turn in range(most):
        own = root / str(turn)
        shutil.copytree(root / "half", own)
        path = own / chance.choice(files)
        data = bytearray(path.read_bytes())
        if not data:
            continue
        if turn % 5 == 0:
            data = data[: chance.randrange(len(data))]
            what = f"{path.relative_to(own)} cut to {len(data)}"
        else:
            place = chance.randrange(len(data) * 8)
            data[place // 8] ^= 1 << place % 8
            what = f"{path.relative_to(own)} bit {place}"
        path.write_bytes(data)
        code = fork(lambda own=own: live(own))
        runs = [path.parent for path in own.glob("*/*/manifest.json")]
        if code == 74:
            outcomes["noticed"] += 1
        elif code == 0 and [digest(run, LAST) for run in runs] == [expected]:
            outcomes["same"] += 1
        else:
            silent.append([what, code])
        shutil.rmtree(own)
    print(json.dumps({**outcomes, "silent": silent}))


if __name__ == "__main__":
    command, folder, *rest = sys.argv[1:]
    numbers = [int(one) if one.isdigit() else one for one in rest]
    {"faults": faults, "flips": flips}[command](Path(folder), *numbers)
