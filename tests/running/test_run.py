"""A run: the folder it leaves, and that a kill at any moment costs no more than an interval."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from netware.errors import StateError, StoreError
from netware.models.intralinked import Intralinked
from netware.models.urn import Urn
from netware.record.checkpoint import latest
from netware.record.reader import open_run
from netware.running.run import resume, start
from tests.simulation.worlds import RING, write


RECORDED = RING + "record: {panel: 2, snapshots: 10, checkpoint: 7}\n"


def metrics(run: Path) -> pd.DataFrame:
    return pd.concat([pd.read_parquet(part) for part in sorted((run / "metrics").iterdir())])


def test_a_run_leaves_what_the_design_says(tmp_path) -> None:
    ending = start(write(tmp_path, RECORDED), ["steps=10"], tmp_path / "runs", quiet=True)
    assert ending.state == "done" and ending.step == 10
    names = {path.name for path in ending.path.iterdir()}
    assert names >= {
        *("scenario.yaml", "resolved.yaml", "manifest.json", "metrics", "agents.zarr"),
        *("checkpoints", "status.json", "log.txt"),
    }
    table = metrics(ending.path)
    assert sorted(table["step"].unique()) == list(range(11))
    assert set(table["replica"]) == {0, 1}
    manifest = json.loads((ending.path / "manifest.json").read_text())
    assert manifest["seeds"][0] == 7 and len(manifest["seeds"]) == 2


NETS = """
netware: 1
name: nets
seed: 3
steps: 2
record: {checkpoint: 1}
populations:
  linked: {agents: 2, model: {type: intralinked, inputs: 3, widths: [4], outputs: 2}}
  whole: {agents: 2, model: {type: urn, inputs: 3, outputs: 2, neurons: 9, cube: [3, 1, 3]}}
  kept: {agents: 2, state: {x: uniform}}
  own:
    agents: 2
    model: {type: module, path: torch.nn.Linear, arguments: {in_features: 3, out_features: 2}}
rules:
  drift: {type: noise, on: kept, state: x, sd: 0.1}
probes:
  c: {type: connectivity, on: linked}
  d: {type: nodal_connectivity, on: whole}
"""


def test_whom_weights_join_stands_in_every_checkpoint_also_after_a_resumption(tmp_path) -> None:
    ending = start(write(tmp_path, NETS), [], tmp_path / "runs", quiet=True)
    run = open_run(ending.path)
    assert run.connections("linked") == Intralinked(3, 2, (4,)).connections()
    assert run.connections("whole") == Urn(3, 2, 9, cube=(3, 1, 3)).connections()
    assert run.connections("own").synapses[0].laid == "receivers"
    assert set(run.all_connections) == {"linked", "whole", "own"}
    whole = (ending.path / "checkpoints" / "step-000000000002" / "header.json").read_bytes()
    shutil.rmtree(ending.path / "checkpoints" / "step-000000000002")
    resume(ending.path, quiet=True)
    again = ending.path / "checkpoints" / "step-000000000002" / "header.json"
    assert json.loads(again.read_bytes())["header"] == json.loads(whole)["header"]
    for kind in ("morphology", "connectome", "matrix"):
        assert run.figure(kind).render("png", dpi=30)


def test_r9_a_run_is_resumed_from_resolved_yaml_alone(tmp_path) -> None:
    ending = start(write(tmp_path, RECORDED), ["steps=10"], tmp_path / "runs", quiet=True)
    again = start(ending.path / "resolved.yaml", [], tmp_path / "again", quiet=True)
    pd.testing.assert_frame_equal(
        metrics(ending.path).drop(columns="run"), metrics(again.path).drop(columns="run")
    )


def test_input_44_a_seed_that_is_left_out_is_drawn_and_written_down(tmp_path) -> None:
    text = RING.replace("seed: 7\n", "")
    ending = start(write(tmp_path, text), ["steps=2"], tmp_path / "runs", quiet=True)
    resolved = (ending.path / "resolved.yaml").read_text()
    seed = json.loads((ending.path / "manifest.json").read_text())["seeds"][0]
    assert f"seed: {seed}  # drawn" in resolved


def test_a_condition_stops_the_run_when_it_has_held_long_enough(tmp_path) -> None:
    text = RING + "stop: {when: disagreement < 0.5, for: 3}\n"
    ending = start(write(tmp_path, text), [], tmp_path / "runs", quiet=True)
    table = metrics(ending.path)
    rows = table[table["quantity"] == "disagreement"]
    means: dict[int, float] = rows.groupby("step")["value"].mean().to_dict()
    first = next(step for step in sorted(means) if means[step] < 0.5)
    assert ending.step == first + 2 and ending.reason == "its condition was met"


def test_a_finished_run_that_is_resumed_stays_as_it_is(tmp_path) -> None:
    ending = start(write(tmp_path, RECORDED), [], tmp_path / "runs", quiet=True)
    before = metrics(ending.path)
    again = resume(ending.path, quiet=True)
    assert again.step == ending.step
    pd.testing.assert_frame_equal(before, metrics(ending.path))


def test_a_run_that_leaves_the_finite_numbers_fails_and_keeps_what_was_good(tmp_path) -> None:
    path = write(tmp_path, RECORDED.replace("gain: 0.2", "gain: 1e4"))
    with pytest.raises(StateError, match=r"rules\.agree"):
        start(path, ["steps=100"], tmp_path / "runs", quiet=True)
    run = next((tmp_path / "runs").glob("*/*"))
    assert json.loads((run / "status.json").read_text())["state"] == "failed"
    kept = latest(run / "checkpoints")
    assert kept is not None and all(v.isfinite().all() for v in kept.tensors.values())


def test_any_other_exception_fails_the_run_too_and_its_log_has_the_traceback(
    tmp_path, monkeypatch
) -> None:
    (tmp_path / "broken_lab.py").write_text(
        "from dataclasses import dataclass\n"
        "from netware.rules.base import AbstractRule\n"
        "@dataclass(frozen=True)\n"
        "class Breaks(AbstractRule):\n"
        '    """Divides by what is left of the steps."""\n'
        "    on: str\n"
        "    reads = 'own'\n"
        "    def apply(self, world, acting):\n"
        "        1 / (3 - world.step)\n"
        "        return world\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    scenario = write(tmp_path, RING + "  broken: {type: disagreement, on: nodes, state: x}\n")
    rule = "rules.b={type: broken_lab.Breaks, on: nodes}"
    with pytest.raises(ZeroDivisionError):
        start(scenario, [rule], tmp_path / "runs", quiet=True)
    (run,) = (tmp_path / "runs" / "ring").iterdir()
    status = json.loads((run / "status.json").read_text())
    assert status["state"] == "failed" and status["step"] == 3
    assert "ZeroDivisionError: division by zero" in status["reason"]
    assert "Traceback" in (run / "log.txt").read_text()


def test_what_is_no_run_is_refused(tmp_path) -> None:
    with pytest.raises(StoreError, match=r"no manifest\.json"):
        resume(tmp_path, quiet=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_checkpoints_and_says_how_to_resume(tmp_path, number) -> None:
    path = write(tmp_path, RECORDED)
    command = [sys.executable, "-m", "netware.cli", "run", str(path), "steps=1000000"]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while not list(tmp_path.glob("runs/*/*/checkpoints/*/header.json")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(number)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert "stopped at step" in out and "go on with: netware resume" in out
    run = next(tmp_path.glob("runs/*/*"))
    assert json.loads((run / "status.json").read_text())["state"] == "stopped"


@pytest.mark.slow
def test_r1_kill_9_at_any_moment_resumes_to_the_same_bytes(tmp_path) -> None:
    """20 kills at enumerated file calls, and 6 by time, which may come too late; all resumed."""
    scenario = write(tmp_path, RECORDED.replace("steps: 20", "steps: 84"))
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.running.crash_runner",
            str(scenario),
            str(tmp_path),
            "20",
            "6",
        ],
        capture_output=True,
        text=True,
        timeout=500,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["killed"] >= 20, found
    assert found["same"] == 26 and found["lost"] == 0, found


def test_a_run_that_was_killed_after_its_first_checkpoint_writes_its_beginning_once(
    tmp_path,
) -> None:
    path = write(tmp_path, RECORDED)
    ending = start(path, ["steps=10"], tmp_path / "runs", quiet=True)
    for folder in sorted((ending.path / "checkpoints").glob("step-*"))[1:]:
        shutil.rmtree(folder)
    before = metrics(ending.path)
    resume(ending.path, quiet=True)
    pd.testing.assert_frame_equal(before, metrics(ending.path))
