"""The list of runs: state, step and seed of each, and folders that hold something else."""

import pytest

from netware.commands.listing import listing
from netware.errors import StoreError
from tests.analysis import conftest
from tests.analysis.conftest import measured


make_run = conftest.make_run


def test_runs_are_listed_with_state_step_and_seeds(make_run, tmp_path) -> None:
    make_run((measured("a", "b", [[1.0, 1.0]]),))
    head, row = listing(tmp_path / "runs").splitlines()
    assert head.split() == ["run", "state", "step", "created", "seed"]
    assert row.startswith("flock/20260101T000000Z-abc  done")
    assert "10/10" in row and row.endswith("7 (+1)")


def test_members_of_a_sweep_are_listed_too(make_run, tmp_path) -> None:
    make_run(at=tmp_path / "runs" / "flock" / "sweep-1" / "run-0000")
    assert "flock/sweep-1/run-0000" in listing(tmp_path / "runs")


def test_a_damaged_run_is_listed_and_not_obeyed(make_run, tmp_path) -> None:
    run = make_run()
    (run.path / "status.json").write_text('{"state": "done\\u001b[2J", "step": 1, "steps": 2}')
    (run.path / "manifest.json").write_text("[1]")
    told = listing(tmp_path / "runs")
    assert "\\x1b" in told and "\x1b" not in told


def test_no_runs_yet_says_how_to_begin(tmp_path) -> None:
    assert "netware run" in listing(tmp_path)
    with pytest.raises(StoreError, match="no such folder"):
        listing(tmp_path / "nowhere")
