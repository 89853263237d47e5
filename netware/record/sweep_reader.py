"""Opens sweeps: folders of runs that differ in the parameters that were swept."""

import importlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from netware.errors import StoreError
from netware.record.reader import Run, is_run, open_run
from netware.record.tables import FINAL_SHARE, chosen, final, pairs
from netware.scenario.checks.suggest import did_you_mean, listed


IGNORED = ("name", "about", "seed", "sweep", "device", "replicas")
MISSING = "-"
PLAN = "sweep.json"
DEPTHS = ("*", "*/*", "*/*/*")


@dataclass(frozen=True)
class Sweep:
    """A folder of runs made from one scenario.

    Args:
        path: The folder.
        runs: The runs that can be read, by folder name.
        failed: Folders of runs that have left nothing to read.
    """

    path: Path
    runs: tuple[Run, ...]
    failed: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Returns the sweep's name: `<scenario>/<folder>`."""
        return f"{self.path.parent.name}/{self.path.name}"

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """Returns the swept parameters: one row a run, one column a dotted key.

        They stand in `sweep.json`; in a folder without one, they are what differs between runs.
        Seeds are no parameters: runs that differ in nothing else are averaged over.
        """
        rows = planned_values(self) or differing_values(self)
        index = pd.Index([run.path.name for run in self.runs], name="run")
        return pd.DataFrame(rows, index=index).infer_objects()

    @cached_property
    def quantities(self) -> list[tuple[str, str]]:
        """Lists (probe, quantity) of all runs."""
        found = [pair for run in self.runs for pair in pairs(run.metrics)]
        return list(dict.fromkeys(found))

    def values(self, probe: str, quantity: str, share: float = FINAL_SHARE) -> pd.DataFrame:
        """Returns one row a replica of a run: parameters, replica, and its final average."""
        tables = []
        settings = self.parameters.to_dict("records")
        for run, setting in zip(self.runs, settings, strict=True):
            rows = final(chosen(run.metrics, probe, quantity), share).rename("value").reset_index()
            for key, value in {**setting, "run": run.path.name}.items():
                rows[key] = pd.Series([value] * len(rows), dtype=object).infer_objects()
            tables.append(rows)
        whole = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
        if whole.empty:
            known, name = [f"{p}.{q}" for p, q in self.quantities], f"{probe}.{quantity}"
            raise StoreError(
                str(self.path),
                found=f"no quantity '{name}'{did_you_mean(name, known)}",
                expected=listed(known),
                fix="write one of these",
            )
        return whole

    def figure(self, name: str, options: Mapping[str, Any] | None = None) -> Any:
        """Draws a figure: `sweep`, or the name of a probe or quantity."""
        plotting = importlib.import_module("netware.analysis.plotting")
        return plotting.figure(self, name, options)

    @cached_property
    def table(self) -> pd.DataFrame:
        """Returns parameters and the final average of every quantity: one row a replica."""
        keys = [*self.parameters.columns, "run", "replica"]
        whole: pd.DataFrame | None = None
        for probe, quantity in self.quantities:
            one = self.values(probe, quantity).rename(columns={"value": f"{probe}.{quantity}"})
            whole = one if whole is None else whole.merge(one, on=keys, how="outer")
        return pd.DataFrame(columns=keys) if whole is None else whole


def planned_values(sweep: Sweep) -> list[dict[str, Any]]:
    """Returns what `sweep.json` says was swept, run by run, or nothing where there is none."""
    try:
        plan = json.loads((sweep.path / PLAN).read_bytes())
        values = {str(one["run"]): dict(one["values"]) for one in plan["runs"]}
        found = [values[run.path.name] for run in sweep.runs]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [{k: simple(v) for k, v in row.items() if k != "seed"} for row in found]


def differing_values(sweep: Sweep) -> list[dict[str, Any]]:
    """Returns the values of the scenario that are not the same in all runs."""
    flat = [flattened(run.scenario) for run in sweep.runs]
    keys = dict.fromkeys(key for values in flat for key in values)
    swept = [
        key
        for key in keys
        if key.split(".")[0] not in IGNORED
        and len({repr(values.get(key, MISSING)) for values in flat}) > 1
    ]
    return [{key: simple(values.get(key, MISSING)) for key in swept} for values in flat]


def simple(value: Any) -> Any:
    """Returns a number or a text; lists and mappings are written out."""
    return value if isinstance(value, int | float | str) else json.dumps(value)


def open_sweep(path: str | os.PathLike[str]) -> Sweep:
    """Opens a folder of runs of one scenario; runs with nothing to read are named in `failed`."""
    folder = Path(path)
    runs: list[Run] = []
    failed: list[str] = []
    for inside in run_folders(folder):
        try:
            run = open_run(inside)
            usable = not run.metrics.empty and bool(run.scenario)
        except StoreError:
            usable = False
        if usable:
            runs.append(run)
        else:
            failed.append(inside.name)
    names = sorted({str(run.scenario.get("name")) for run in runs})
    if len(names) != 1:
        raise no_sweep(folder, names)
    return Sweep(folder.resolve(), tuple(runs), tuple(failed))


def open_any(path: str | os.PathLike[str]) -> Run | Sweep:
    """Opens a run, or a folder of runs as a sweep."""
    folder = Path(path)
    return open_sweep(folder) if run_folders(folder) else open_run(folder)


def run_folders(folder: Path) -> list[Path]:
    """Lists the runs below a folder, by path; there are none in one that is a run itself."""
    if is_run(folder):
        return []
    found = [file.parent for depth in DEPTHS for file in folder.glob(f"{depth}/manifest.json")]
    return sorted(path for path in found if is_run(path))


def no_sweep(folder: Path, names: list[str]) -> StoreError:
    """Returns the error for a folder that is no sweep."""
    fix = "'netware ls' lists the runs and sweeps that exist"
    if is_run(folder):
        found, fix = "one run, not a sweep", "name the folder around it, or plot it as a run"
    elif names:
        found, fix = f"runs of {', '.join(names[:4])}", f"write '{folder / names[0]}'"
    else:
        found = "no run with metrics in it" if folder.is_dir() else "no such folder"
    return StoreError(
        str(folder), found=found, expected="a folder of runs of one scenario", fix=fix
    )


def flattened(value: Any, prefix: str = "") -> dict[str, Any]:
    """Returns nested mappings as dotted keys: `{a: {b: 1}}` is `{a.b: 1}`."""
    if not isinstance(value, Mapping) or not value:
        return {prefix: value} if prefix else {}
    found: dict[str, Any] = {}
    for key, inner in value.items():
        found |= flattened(inner, f"{prefix}.{key}" if prefix else str(key))
    return found
