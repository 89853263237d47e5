"""Netware from Python: load a scenario, run it, open what it left."""

from collections.abc import Sequence
from pathlib import Path

from netware.record.reader import Run, open_run
from netware.record.sweep_reader import Sweep, open_any
from netware.running.run import begin
from netware.simulation.build import Blueprint, blueprint


def load(path: str | Path, overrides: Sequence[str] = ()) -> Blueprint:
    """Reads and checks a scenario, with overrides such as `rules.fly.noise=0.2` put in."""
    return blueprint(Path(path), overrides)


def run(
    scenario: str | Path | Blueprint, overrides: Sequence[str] = (), out: str | Path = "runs"
) -> Run:
    """Runs a scenario into a new run folder below `out`, and opens it."""
    plan = scenario if isinstance(scenario, Blueprint) else load(scenario, overrides)
    return open_run(begin(plan, Path(out), quiet=True).path)


def open(path: str | Path) -> Run | Sweep:
    """Opens a run folder, whose `.metrics` is a DataFrame, or a sweep's with a run per value.

    `.agents` of a run has two xarray Datasets, `panel` and `snapshots`.
    """
    return open_any(Path(path))
