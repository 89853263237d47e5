"""A sweep: planned whole, survives a failing run and a dying worker, resumes by its folders."""

import json
import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from netware.errors import ScenarioError, StoreError
from netware.running import sweep
from netware.running.run import start
from tests.simulation.worlds import RING, write


AXES = ["rules.agree.gain=0.1,0.2,0.3"]


def table(run) -> pd.DataFrame:
    parts = sorted((run / "metrics").iterdir())
    return pd.concat([pd.read_parquet(part) for part in parts]).drop(columns="run")


def test_r9_each_member_is_the_single_run(tmp_path) -> None:
    path = write(tmp_path)
    ending = sweep.start(path, AXES, tmp_path / "runs", jobs=2)
    assert ending.states == {"done": 3} and ending.exit_code == 0
    plan = json.loads((ending.path / "sweep.json").read_text())
    assert [one["values"]["rules.agree.gain"] for one in plan["runs"]] == [0.1, 0.2, 0.3]
    for one in plan["runs"]:
        gain = one["values"]["rules.agree.gain"]
        single = start(path, [f"rules.agree.gain={gain}"], tmp_path / "single", quiet=True)
        pd.testing.assert_frame_equal(table(ending.path / one["run"]), table(single.path))


def test_a_failing_member_fails_alone_and_the_exit_code_says_so(tmp_path, capsys) -> None:
    axes = ["rules.agree.gain=0.1,1e30,0.3", "steps=50"]
    ending = sweep.start(write(tmp_path), axes, tmp_path / "runs", jobs=1)
    assert ending.states == {"done": 2, "failed": 1} and ending.exit_code == 1
    assert "not finite" in ending.failed[0][1]
    assert "run-0001 failed" in capsys.readouterr().out


def test_it_resumes_by_looking_at_its_folders(tmp_path) -> None:
    ending = sweep.start(write(tmp_path), AXES, tmp_path / "runs", jobs=1)
    status = ending.path / "run-0001" / "status.json"
    untouched = (ending.path / "run-0000" / "status.json").read_bytes()
    content = json.loads(status.read_text()) | {"state": "running", "step": 3}
    status.write_text(json.dumps(content))
    again = sweep.resume(ending.path, jobs=1)
    assert again.states == {"done": 3}
    assert (ending.path / "run-0000" / "status.json").read_bytes() == untouched


def test_mistakes_come_before_any_folder(tmp_path) -> None:
    with pytest.raises(ScenarioError, match="S-RANGE"):
        sweep.start(write(tmp_path), ["rules.agree.gain=0.1,-1"], tmp_path / "runs")
    assert not (tmp_path / "runs").exists()
    with pytest.raises(StoreError, match="no plan of a sweep"):
        sweep.resume(tmp_path)


@pytest.mark.slow
def test_f9_a_worker_that_is_killed_is_replaced_and_its_run_finished(tmp_path) -> None:
    path = write(tmp_path, RING + "record: {checkpoint: 50}\n")
    command = [sys.executable, "-m", "netware.cli", "sweep", str(path), *AXES, "steps=1500"]
    process = subprocess.Popen(
        [*command, "--jobs", "1"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    killed = 0
    while process.poll() is None and not killed:
        for lock in tmp_path.glob("runs/*/*/run-*/checkpoints/*0100/header.json"):
            owner = json.loads((lock.parents[2] / ".lock").read_text())
            os.kill(owner["pid"], signal.SIGKILL)
            killed += 1
            break
        time.sleep(0.02)
    out, _ = process.communicate(timeout=120)
    assert killed == 1 and process.returncode == 0, out
    assert "sweep: 3 done" in out
