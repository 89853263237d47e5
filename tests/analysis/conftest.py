"""Small run folders, written by the store as a real run is, with data that the tests know."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from netware.models.base import AbstractModel
from netware.record.reader import Run, open_run
from netware.record.rows import Column, Flush, Readings, Series
from netware.record.run_folder import RunFolder


MANIFEST = {
    "command": ["netware", "run", "scenarios/flock.yaml"],
    "seeds": [7, 8],
    "versions": {"netware": "0.1.0", "torch": "2.10.0"},
    "git": "0123456789abcdef+",
    "device": "cpu",
    "processor": {"machine": "x86_64"},
    "precision": "float32",
    "threads": 1,
    "settings": {"OMP_NUM_THREADS": "1", "MKL_CBWR": None},
    "promise": {"same bytes": "same scenario and seed"},
}


def measured(
    probe: str, quantity: str, values: Any, axes: tuple[str, ...] = (), every: int = 1
) -> Readings:
    """Readings `[readings, replicas, ...]` of one quantity, one every few steps."""
    values = np.asarray(values, dtype=np.float64)
    steps = np.arange(len(values)) * every
    return Readings(probe, quantity, axes, steps, steps.astype(float), values)


def columns(arrays: Mapping[str, Any], every: int = 1) -> Series:
    """Columns of state `[times, replicas, agents, ...]` as the recorder names their axes."""
    held = {}
    for name, values in arrays.items():
        values = np.asarray(values, dtype=np.float32)
        population = name.partition(".")[0]
        inner = tuple(f"{name}.{number}" for number in range(values.ndim - 3))
        held[name] = Column(values, ("time", "replica", f"{population}.agent", *inner))
    steps = np.arange(len(next(iter(held.values())).values)) * every
    return Series(steps, steps.astype(float), held)


def write_run(
    path: Path,
    readings: tuple[Readings, ...] = (),
    scenario: Mapping[str, Any] | None = None,
    tensors: Mapping[str, np.ndarray] | None = None,
    series: Mapping[str, Series] | None = None,
    manifest: Mapping[str, Any] | None = None,
    models: Mapping[str, AbstractModel] | None = None,
) -> Run:
    """Writes a run folder at `path` and opens it."""
    given = {
        "netware": 1,
        "name": "flock",
        "seed": 7,
        "steps": 10,
        "replicas": 2,
        "populations": {"birds": {"agents": 4}},
        **(scenario or {}),
    }
    text = "".join(f"{key}: {json.dumps(value)}\n" for key, value in given.items())
    made = {**MANIFEST, **(manifest or {})}
    folder = RunFolder.plan(path, str(given["name"]), text, text, made)
    index = tuple(dict.fromkeys(axis for one in readings for axis in one.axes))
    folder.append(Flush(tuple(readings), index, series))
    if tensors is not None or models is not None:
        held = {
            name: torch.from_numpy(np.asarray(values)) for name, values in (tensors or {}).items()
        }
        said = {name: model.connections().as_json() for name, model in (models or {}).items()}
        folder.checkpoint(10, held, {"connections": said})
    folder.status("done", 10, 10)
    folder.close()
    return open_run(path)


@pytest.fixture
def make_run(tmp_path) -> Callable[..., Run]:
    """Returns a function that writes a run folder, at a place of its own unless told `at`."""

    def make(*parts: Any, at: Path | None = None, **named: Any) -> Run:
        name = (named.get("scenario") or (parts[1] if len(parts) > 1 else None) or {}).get("name")
        path = at or tmp_path / "runs" / (name or "flock") / "20260101T000000Z-abc"
        return write_run(path, *parts, **named)

    return make
