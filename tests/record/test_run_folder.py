import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import xarray as xr

from netware.errors import StoreError
from netware.record.hashes import FileIndex
from netware.record.rows import Column, Flush, Readings, Series
from netware.record.run_folder import RunFolder


def rows(first: int, many: int) -> Flush:
    steps, times = np.arange(first, first + many), np.arange(first, first + many) * 0.5
    values = np.sin(steps)[:, None] + np.arange(2)
    column = Column(np.stack([values, values], 2), ("time", "replica", "agent"))
    series = {"panel": Series(steps, times, {"birds.x": column})}
    return Flush((Readings("order", "mean", (), steps, times, values),), (), series)


def created(root: Path) -> RunFolder:
    return RunFolder.create(root, "flock", "netware: 1", "netware: 1  # all", {"seeds": [3]})


def opened(run: RunFolder) -> RunFolder:
    run.close()
    return RunFolder.open(run.path)


def steps_of(run: RunFolder) -> tuple[list[int], list[int]]:
    """Returns the steps that plain pandas and plain xarray find."""
    table = pd.read_parquet(run.path / "metrics")
    assert set(table["step"].value_counts()) == {2}
    data = xr.open_zarr(run.path / "agents.zarr", group="panel")
    return sorted(set(table["step"])), data["step"].to_numpy().tolist()


def test_a_new_run_has_its_texts_its_manifest_and_its_status(tmp_path):
    run = created(tmp_path / "runs")
    assert run.path.parent == tmp_path / "runs" / "flock"
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{8}", run.path.name)
    begun = datetime.strptime(run.path.name[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert abs((datetime.now(UTC) - begun).total_seconds()) < 60
    assert (run.path / "scenario.yaml").read_text() == "netware: 1"
    assert run.resolved() == "netware: 1  # all"
    manifest = json.loads((run.path / "manifest.json").read_text())
    assert manifest["seeds"] == [3]
    assert manifest["run"] == f"flock-{manifest['hashes']['resolved'][:8]}"
    assert manifest["created"].endswith("Z")
    status = json.loads((run.path / "status.json").read_text())
    assert (status["state"], status["step"]) == ("planned", 0)


def test_many_runs_in_one_second_get_a_folder_each(tmp_path):
    paths = [created(tmp_path).path for _ in range(12)]
    assert len(set(paths)) == 12


def test_a_name_that_leads_out_is_refused_and_nothing_is_made(tmp_path):
    for name in ("../x", "a/b", "", ".."):
        with pytest.raises(StoreError, match="P-NAME"):
            RunFolder.create(tmp_path / "runs", name, "", "", {})
    assert not (tmp_path / "runs").exists()


def test_what_is_flushed_is_read_by_plain_tools_in_between(tmp_path):
    run = created(tmp_path)
    for flush in range(3):
        run.append(rows(flush * 4, 4))
        run.checkpoint(flush * 4 + 3, {"x": torch.zeros(2)}, {})
        assert steps_of(run) == (list(range(flush * 4 + 4)), list(range(flush * 4 + 4)))
    table = pd.read_parquet(run.path / "metrics")
    assert set(table["run"]) == {run.manifest["run"]}
    assert np.array_equal(table["value"], np.sin(table["step"]) + table["replica"])


def test_a_flush_with_nothing_in_it_writes_nothing(tmp_path):
    run = created(tmp_path)
    run.append(Flush())
    assert not (run.path / "metrics").exists()
    assert run.file_index == FileIndex()


def test_going_back_cuts_off_what_no_checkpoint_covers(tmp_path):
    run = created(tmp_path)
    run.append(rows(0, 3))
    run.checkpoint(2, {"x": torch.zeros(2)}, {"note": 1})
    run.append(rows(3, 2))  # and the process dies before the checkpoint
    (run.path / "metrics" / ".part-000002.parquet.7.tmp").write_bytes(b"half")
    run = opened(run)
    last = run.latest()
    assert last is not None and last.step == 2 and last.header == {"note": 1}
    with pytest.raises(StoreError, match="F-UNSETTLED"):
        run.append(rows(3, 2))
    run.truncate_to(last)
    assert steps_of(run) == ([0, 1, 2], [0, 1, 2])
    assert [path.name for path in (run.path / "metrics").iterdir()] == ["part-000000.parquet"]
    run.append(rows(3, 4))
    assert steps_of(run) == (list(range(7)), list(range(7)))


def test_going_back_to_the_beginning(tmp_path):
    run = created(tmp_path)
    run.append(rows(0, 3))
    run.progress(2, {"order": 0.5})
    run = opened(run)
    assert run.latest() is None
    run.truncate_to(None)
    assert list((run.path / "metrics").iterdir()) == []
    assert not (run.path / "agents.zarr" / "panel").exists()
    assert (run.path / "progress.jsonl").read_bytes() == b""
    run.append(rows(0, 2))
    assert steps_of(run) == ([0, 1], [0, 1])


def test_a_damaged_checkpoint_goes_with_what_came_after_the_one_before(tmp_path):
    run = created(tmp_path)
    for flush in range(3):
        run.append(rows(flush * 2, 2))
        run.checkpoint(flush * 2 + 1, {"x": torch.zeros(2)}, {})
    payload = run.path / "checkpoints/step-000000000005/tensors-00000.safetensors"
    payload.write_bytes(payload.read_bytes()[:-1])
    run = opened(run)
    last = run.latest()
    assert last is not None and last.step == 3
    assert "step-000000000005: tensors-00000.safetensors is not as it was" in last.warnings[0]
    run.truncate_to(last)
    assert steps_of(run) == ([0, 1, 2, 3], [0, 1, 2, 3])
    assert not payload.parent.exists()


def test_metrics_that_were_changed_or_lost_are_refused(tmp_path):
    run = created(tmp_path)
    run.append(rows(0, 3))
    run.checkpoint(2, {"x": torch.zeros(2)}, {})
    part = run.path / "metrics" / "part-000000.parquet"
    table = pd.read_parquet(part)
    table.loc[0, "value"] += 1e-9
    table.to_parquet(part)
    run = opened(run)
    with pytest.raises(StoreError, match=r"part-000000.parquet: F-EDITED changed since") as caught:
        run.truncate_to(run.latest())
    assert caught.value.exit_code == 74
    assert part.exists()
    part.unlink()
    with pytest.raises(StoreError, match=r"F-EDITED missing"):
        run.truncate_to(run.latest())


def test_a_changed_scenario_is_noticed(tmp_path):
    run = created(tmp_path)
    (run.path / "resolved.yaml").write_text("netware: 1  # all!")
    with pytest.raises(StoreError, match=r"resolved.yaml: F-EDITED"):
        run.resolved()


def test_a_second_writer_is_refused_until_the_first_closes(tmp_path):
    run = created(tmp_path)
    with pytest.raises(StoreError, match=f"F-LOCK process {os.getpid()} on"):
        RunFolder.open(run.path)
    run.close()
    RunFolder.open(run.path).close()


def test_other_folders_are_not_opened(tmp_path):
    with pytest.raises(StoreError, match=r"F-RUN no manifest.json in it"):
        RunFolder.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_half_lines_and_lines_of_later_steps_go(tmp_path):
    run = created(tmp_path)
    run.append(rows(0, 3))
    run.checkpoint(2, {"x": torch.zeros(2)}, {})
    for step in (1, 2, 3):
        run.progress(step, {"order": step / 4, "eta": 9.5})
    run.log("as planned")
    for name in ("progress.jsonl", "log.txt"):
        with (run.path / name).open("ab") as file:
            file.write(b'{"step": 1, "at')
    run = opened(run)
    run.truncate_to(run.latest())
    lines = (run.path / "progress.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [1, 2]
    assert json.loads(lines[1])["order"] == 0.5
    assert re.fullmatch(r"\S+Z as planned\n", (run.path / "log.txt").read_text())


def test_status_says_how_far_the_run_came(tmp_path):
    run = created(tmp_path)
    run.status("stopped", 40, 200, "disagreement < 1e-4 held 10 times")
    status = json.loads((run.path / "status.json").read_text())
    assert {name: status[name] for name in ("state", "step", "steps")} == {
        "state": "stopped",
        "step": 40,
        "steps": 200,
    }
    assert status["reason"] == "disagreement < 1e-4 held 10 times"


def test_after_a_full_disk_nothing_more_is_appended(tmp_path, fail_call):
    run = created(tmp_path)
    fail_call(4, "ENOSPC")
    with pytest.raises(StoreError, match="F-FULL"):
        run.append(rows(0, 3))
    with pytest.raises(StoreError, match="F-UNSETTLED files that may go beyond"):
        run.append(rows(0, 3))
    run.truncate_to(run.latest())
    run.append(rows(0, 3))
    assert steps_of(run) == ([0, 1, 2], [0, 1, 2])


def test_a_run_that_cannot_be_begun_gives_its_lock_back(tmp_path, fail_call):
    fail_call(12, "ENOSPC")
    with pytest.raises(StoreError, match="F-FULL"):
        created(tmp_path)
    (folder,) = (tmp_path / "flock").iterdir()
    assert not (folder / "manifest.json").exists()
    with pytest.raises(StoreError, match="F-RUN"):
        RunFolder.open(folder)


def test_killed_anywhere_and_resumed_it_leaves_the_same_bytes(memory_path, crash_target):
    found = crash_target("crash_target_run", "faults", memory_path, "kill", 11, 12)
    assert found["wrong"] == []
    assert found["points"] == 12


def test_a_failing_disk_anywhere_is_an_error_and_resumes_to_the_same_bytes(
    memory_path, crash_target
):
    found = crash_target("crash_target_run", "faults", memory_path, "fail", 12, 8)
    assert found["wrong"] == []
    assert found["points"] == 8


def test_damage_anywhere_is_noticed_or_makes_no_difference(memory_path, crash_target):
    found = crash_target("crash_target_run", "flips", memory_path, 13, 25)
    assert found["silent"] == []
    assert found["noticed"] > 0
    assert found["same"] > 0


@pytest.mark.t2
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", ["kill", "fail"])
def test_every_single_call_may_be_the_last(memory_path, crash_target, kind):
    found = crash_target("crash_target_run", "faults", memory_path, kind, 0, 1_000_000)
    assert found["wrong"] == []
    assert found["points"] == 2 * found["calls"] > 500


@pytest.mark.t2
@pytest.mark.timeout(1800)
def test_six_hundred_damages_are_noticed_or_make_no_difference(memory_path, crash_target):
    found = crash_target("crash_target_run", "flips", memory_path, 0, 600)
    assert found["silent"] == []
    assert found["noticed"] + found["same"] > 590
