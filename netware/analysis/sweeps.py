"""Opens sweeps: folders of runs that differ in the parameters that were swept."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from netware.analysis.reader import Run, is_run, open_run
from netware.analysis.statistics import FINAL_SHARE, chosen, final, pairs
from netware.errors import StoreError
from netware.scenario.suggest import listed, meant


IGNORED = ("name", "about", "seed", "sweep", "device", "replicas")
MISSING = "-"


@dataclass(frozen=True)
class Sweep:
    """A folder of runs made from one scenario.

    Args:
        path: The folder.
        runs: The runs that can be read, by folder name.
        failed: Folders of runs that left nothing to read.
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
        """Returns the parameters that differ between runs: one row a run, one column a key."""
        flat = [flattened(run.scenario) for run in self.runs]
        keys = list(dict.fromkeys(key for values in flat for key in values))
        swept = [
            key
            for key in keys
            if key.split(".")[0] not in IGNORED
            and len({repr(values.get(key, MISSING)) for values in flat}) > 1
        ]
        rows = [[values.get(key, MISSING) for key in swept] for values in flat]
        index = pd.Index([run.path.name for run in self.runs], name="run")
        return pd.DataFrame(rows, columns=swept, index=index)

    @cached_property
    def quantities(self) -> list[tuple[str, str]]:
        """Lists (probe, quantity) of all runs."""
        found = [pair for run in self.runs for pair in pairs(run.metrics)]
        return list(dict.fromkeys(found))

    def values(self, probe: str, quantity: str, share: float = FINAL_SHARE) -> pd.DataFrame:
        """Returns one row a replica of a run: parameters, replica, and its final average."""
        tables = []
        for run, (_, setting) in zip(self.runs, self.parameters.iterrows(), strict=True):
            last = final(chosen(run.metrics, probe, quantity), share)
            rows = last.rename("value").reset_index()
            for key, value in setting.items():
                rows[key] = [value] * len(rows)
            tables.append(rows.assign(run=run.path.name))
        whole = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
        if whole.empty:
            known = [f"{p}.{q}" for p, q in self.quantities]
            raise StoreError(
                str(self.path),
                found=f"no quantity '{probe}.{quantity}'{meant(f'{probe}.{quantity}', known)}",
                expected=listed(known),
                fix="write one of these",
            )
        return whole

    @cached_property
    def table(self) -> pd.DataFrame:
        """Returns parameters and the final average of every quantity: one row a replica."""
        keys = [*self.parameters.columns, "run", "replica"]
        whole: pd.DataFrame | None = None
        for probe, quantity in self.quantities:
            one = self.values(probe, quantity).rename(columns={"value": f"{probe}.{quantity}"})
            whole = one if whole is None else whole.merge(one, on=keys, how="outer")
        return pd.DataFrame(columns=keys) if whole is None else whole


def open_sweep(path: str | os.PathLike[str]) -> Sweep:
    """Opens a folder of runs; runs that cannot be read are named in `failed`."""
    folder = Path(path)
    if not folder.is_dir() or is_run(folder):
        raise no_sweep(folder)
    runs, failed = [], []
    for inside in sorted(folder.iterdir()):
        if not inside.is_dir() or inside.name == "figures":
            continue
        try:
            run = open_run(inside)
            usable = not run.metrics.empty and bool(run.scenario)
        except StoreError:
            usable = False
        if usable:
            runs.append(run)
        else:
            failed.append(inside.name)
    if not runs:
        raise no_sweep(folder)
    return Sweep(folder.resolve(), tuple(runs), tuple(failed))


def no_sweep(folder: Path) -> StoreError:
    """Returns the error for a folder that is no sweep."""
    if is_run(folder):
        found, fix = "one run, not a sweep", "name the folder around it, or plot it as a run"
    else:
        found = "no run in it" if folder.is_dir() else "no such folder"
        fix = "'netware ls' lists the runs and sweeps that exist"
    return StoreError(str(folder), found=found, expected="a folder of runs", fix=fix)


def flattened(value: Any, prefix: str = "") -> dict[str, Any]:
    """Returns nested mappings as dotted keys: `{a: {b: 1}}` is `{a.b: 1}`."""
    if not isinstance(value, Mapping) or not value:
        return {prefix: value} if prefix else {}
    found: dict[str, Any] = {}
    for key, inner in value.items():
        found |= flattened(inner, f"{prefix}.{key}" if prefix else str(key))
    return found
