import hashlib
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import zarr

from netware.errors import StoreError
from netware.record import layout, series
from netware.record.files import remove_tree
from netware.record.rows import Column, Series


def position(steps: np.ndarray) -> np.ndarray:
    return np.sin(np.arange(2 * 3 * 2) + steps[:, None]).reshape(-1, 2, 3, 2).astype(np.float32)


def entries(first: int, many: int, *more: str) -> Series:
    steps = np.arange(first, first + many)
    columns = {
        "birds.position": Column(position(steps), ("time", "replica", "agent", "birds.position.0")),
        **{name: Column(position(steps)[..., 0], ("time", "replica", "agent")) for name in more},
    }
    return Series(steps, steps * 0.25, columns)


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def filled(folder: Path, *flushes: int, group: str = "panel") -> Path:
    length = 0
    for many in flushes:
        length = series.append(folder, group, entries(length, many), length)
    return folder


@pytest.mark.parametrize("how", [{}, {"consolidated": True}, {"consolidated": False}])
def test_plain_xarray_reads_every_step(tmp_path, how):
    filled(tmp_path / "agents.zarr", 3, 1, 4)
    filled(tmp_path / "agents.zarr", 2, group="snapshots")
    for group, many in (("panel", 8), ("snapshots", 2)):
        data = xr.open_zarr(tmp_path / "agents.zarr", group=group, **how)
        assert data["birds.position"].dims == ("time", "replica", "agent", "birds.position.0")
        assert np.array_equal(data["birds.position"], position(np.arange(many)))
        assert data["step"].dims == ("time",)
        assert data.coords["step"].to_numpy().tolist() == list(range(many))
        assert data.sel(time=0.25)["step"] == 1


def test_plain_zarr_and_a_tree_read_both_groups(tmp_path):
    filled(tmp_path / "agents.zarr", 3)
    filled(tmp_path / "agents.zarr", 2, group="snapshots")
    group = zarr.open_group(tmp_path / "agents.zarr", mode="r")
    assert sorted(group) == ["panel", "snapshots"]
    assert np.array_equal(np.asarray(group["panel/birds.position"]), position(np.arange(3)))
    tree = xr.open_datatree(tmp_path / "agents.zarr", engine="zarr")
    assert tree["snapshots"]["birds.position"].shape[0] == 2
    own = xr.open_zarr(tmp_path / "agents.zarr" / "panel")
    assert own["birds.position"].shape[0] == 3


def test_the_files_do_not_depend_on_where_flushes_fell(tmp_path):
    whole = digest(filled(tmp_path / "one", 9))
    assert digest(filled(tmp_path / "two", 4, 5)) == whole
    assert digest(filled(tmp_path / "three", 1, 1, 6, 1)) == whole


@pytest.mark.parametrize("entries_per_chunk", [1, 2, 4, 1024])
@pytest.mark.parametrize("kept", [0, 1, 3, 4, 7])
def test_what_is_cut_off_and_taken_again_leaves_no_trace(
    tmp_path, monkeypatch, entries_per_chunk, kept
):
    monkeypatch.setattr(layout, "MOST_ENTRIES", entries_per_chunk)
    layout.metadata_for.cache_clear()
    whole = digest(filled(tmp_path / "whole", 3, 5))
    cut = filled(tmp_path / "cut", 3, 4)
    series.truncate(cut, "panel", kept)
    if kept:
        assert xr.open_zarr(cut, group="panel")["step"].to_numpy().tolist() == list(range(kept))
    series.append(cut, "panel", entries(kept, 8 - kept), kept)
    assert digest(cut) == whole
    layout.metadata_for.cache_clear()


def test_large_entries_are_cut_into_parts_and_written_bit_by_bit(tmp_path, monkeypatch):
    monkeypatch.setattr(layout, "LARGEST_CHUNK", 24)
    monkeypatch.setattr(layout, "USUAL_CHUNK", 24)
    monkeypatch.setattr(series, "ENCODED_AT_ONCE", 100)
    layout.metadata_for.cache_clear()
    filled(tmp_path / "a", 3, 4)
    assert (tmp_path / "a/panel/birds.position/c/6/1/0/0").exists()
    data = xr.open_zarr(tmp_path / "a", group="panel")
    assert np.array_equal(data["birds.position"], position(np.arange(7)))
    series.truncate(tmp_path / "a", "panel", 3)
    assert digest(tmp_path / "a") == digest(filled(tmp_path / "b", 3))
    layout.metadata_for.cache_clear()


def test_a_column_that_comes_later_or_goes_is_missing_elsewhere(tmp_path):
    series.append(tmp_path, "panel", entries(0, 2), 0)
    series.append(tmp_path, "panel", entries(2, 2, "birds.output"), 2)
    series.append(tmp_path, "panel", entries(4, 2), 4)
    data = xr.open_zarr(tmp_path, group="panel")
    there = ~np.isnan(data["birds.output"].to_numpy()).any((1, 2))
    assert there.tolist() == [False, False, True, True, False, False]
    assert not data["birds.position"].isnull().any()


def test_cutting_what_is_not_there_does_nothing(tmp_path):
    series.truncate(tmp_path / "never", "panel", 0)
    assert not (tmp_path / "never").exists()


def test_cutting_to_nothing_removes_the_group(tmp_path):
    filled(tmp_path, 3)
    filled(tmp_path, 2, group="snapshots")
    series.truncate(tmp_path, "panel", 0)
    assert not (tmp_path / "panel").exists()
    assert list(zarr.open_group(tmp_path, mode="r")) == ["snapshots"]


def test_an_array_that_a_kill_left_unfinished_is_cleared(tmp_path):
    filled(tmp_path, 3)
    before = digest(tmp_path)
    (tmp_path / "panel" / "birds.heading" / "c").mkdir(parents=True)
    (tmp_path / "panel" / "birds.heading" / "c" / "0").write_bytes(b"x")
    (tmp_path / "snapshots" / "step" / "c").mkdir(parents=True)
    for group, length in (("panel", 3), ("snapshots", 0)):
        series.truncate(tmp_path, group, length)
    assert digest(tmp_path) == before


def test_metadata_that_array_and_group_do_not_agree_on_is_refused(tmp_path):
    for number, name in enumerate(("panel/birds.position", "panel")):
        folder = filled(tmp_path / str(number), 3)
        path = folder / name / layout.METADATA
        text = path.read_text()
        assert '"replica"' in text
        path.write_text(text.replace('"replica"', '"rePlica"', 1))
        with pytest.raises(StoreError, match="F-DAMAGED"):
            series.truncate(folder, "panel", 3)


@pytest.mark.parametrize(
    "path",
    ["panel/zarr.json", "panel/step/zarr.json", "panel/birds.position/c/0/0/0/0", "panel/time"],
)
def test_what_was_taken_away_is_missed(tmp_path, path):
    filled(tmp_path, 3)
    remove_tree(tmp_path / path)
    with pytest.raises(StoreError, match="F-DAMAGED"):
        series.truncate(tmp_path, "panel", 3)


def test_names_that_lead_out_are_refused(tmp_path):
    filled(tmp_path, 3)
    path = tmp_path / "panel" / layout.METADATA
    path.write_text(path.read_text().replace('"birds.position"', '"../birds.position"'))
    with pytest.raises(StoreError, match="F-DAMAGED"):
        series.truncate(tmp_path, "panel", 3)


def test_a_damaged_chunk_is_refused_before_it_is_added_to(tmp_path):
    filled(tmp_path, 3)
    chunk = tmp_path / "panel/birds.position/c/0/0/0/0"
    data = bytearray(chunk.read_bytes())
    data[10] ^= 4
    chunk.write_bytes(data)
    for work in (
        lambda: series.append(tmp_path, "panel", entries(3, 1), 3),
        lambda: series.truncate(tmp_path, "panel", 2),
    ):
        with pytest.raises(StoreError, match="F-DAMAGED not as it was written") as caught:
            work()
        assert str(chunk) in str(caught.value)


def test_a_column_that_changes_its_shape_is_refused(tmp_path):
    filled(tmp_path, 3)
    wrong = Column(np.zeros((1, 2, 3, 4), np.float32), ("time", "replica", "agent", "x"))
    step = np.array([3])
    with pytest.raises(StoreError, match="F-SHAPE"):
        series.append(tmp_path, "panel", Series(step, step * 0.25, {"birds.position": wrong}), 3)
