"""Opens run folders: manifest, metrics, agents and weights as plain tables and arrays."""

import importlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import xarray as xr
from safetensors import SafetensorError, safe_open

from netware.errors import StoreError
from netware.models.layers.synapses import Connections
from netware.record.names import NAMES
from netware.record.run_files import (
    METRICS_COLUMNS,
    broken,
    checkpoint_tensors,
    json_of,
    missing,
    step_of,
    stored,
    table_of,
)
from netware.scenario.checks.suggest import did_you_mean, listed
from netware.scenario.yaml.load import load


@dataclass(frozen=True)
class Run:
    """A run folder as it lies on disk: a view, which nothing can be written through.

    Args:
        path: The folder.
        manifest: Versions, hardware, seeds, hashes and command line.
        status: How far the run came.
    """

    path: Path
    manifest: Mapping[str, Any]
    status: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Returns the run's name: `<scenario>/<folder>`."""
        return f"{self.path.parent.name}/{self.path.name}"

    @property
    def version(self) -> str:
        """Returns the version of netware that made the run."""
        return str((self.manifest.get("versions") or {}).get("netware", "unknown"))

    @property
    def commit(self) -> str:
        """Returns the git hash of the code that made the run, or nothing."""
        return str(self.manifest.get("git") or "")

    @property
    def seed(self) -> str:
        """Returns the seed, or nothing."""
        seed = self.scenario.get("seed")
        return "" if seed is None else str(seed)

    @cached_property
    def scenario(self) -> dict[str, Any]:
        """Returns every value of the scenario, defaults filled in."""
        return load(self.path / "resolved.yaml").data

    @cached_property
    def names(self) -> pd.DataFrame:
        """Returns population, id and name of each agent that a file of the scenario names."""
        path = self.path / NAMES
        if not path.exists():
            return pd.DataFrame({"population": [], "id": [], "name": []})
        return pd.read_csv(path, dtype={"name": str}, keep_default_na=False)

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """Returns the metrics as one tidy table, in the order of steps."""
        parts = sorted((self.path / "metrics").glob("part-*.parquet"))
        tables = [table_of(part) for part in parts]
        if not tables:
            return pd.DataFrame(columns=list(METRICS_COLUMNS))
        whole = pa.concat_tables(tables, promote_options="permissive").to_pandas()
        return whole.sort_values("step", kind="stable", ignore_index=True)

    @cached_property
    def agents(self) -> Mapping[str, xr.Dataset]:
        """Returns `panel` (few agents, often) and `snapshots` (all agents, rarely)."""
        folder = self.path / "agents.zarr"
        if not folder.is_dir():
            return {}
        return {
            group: stored(folder, group)
            for group in ("panel", "snapshots")
            if (folder / group).is_dir()
        }

    def column(self, population: str, column: str, group: str = "snapshots") -> xr.DataArray:
        """Returns one recorded column of state `(time, replica, agent, ...)`."""
        name = f"{population}.{column}"
        found = self.agents.get(group, xr.Dataset())
        if name not in found:
            key = "snapshots: 50" if group == "snapshots" else "panel: 32"
            raise StoreError(
                str(self.path / "agents.zarr" / group),
                found=f"no column '{name}'{did_you_mean(name, map(str, found))}",
                expected=listed(sorted(map(str, found))),
                fix=f"write 'record: {{{key}}}' into the scenario and run it again",
            )
        return found[name]

    def state(
        self, population: str, column: str, replica: int = 0, group: str = "snapshots"
    ) -> xr.DataArray:
        """Returns one recorded column of state of one replica `(time, agent, ...)`."""
        found = self.column(population, column, group)
        if not 0 <= replica < found.shape[1]:
            raise self.out_of_range(population, "replica", replica, found.shape[1])
        return found[:, replica]

    def has_column(self, population: str, column: str, group: str = "snapshots") -> bool:
        """Tells whether a column of state was recorded."""
        return f"{population}.{column}" in self.agents.get(group, {})

    @property
    def populations(self) -> Mapping[str, Mapping[str, Any]]:
        """Returns what the scenario says about each population."""
        return self.scenario.get("populations") or {}

    def population(self, name: str) -> Mapping[str, Any]:
        """Returns what the scenario says about one population."""
        if name not in self.populations:
            raise StoreError(
                f"{self.path}: populations.{name}",
                found=f"no population '{name}'{did_you_mean(name, self.populations)}",
                expected=listed(sorted(self.populations)),
                fix="write one of these",
            )
        return self.populations[name]

    @cached_property
    def checkpoints(self) -> tuple[Path, ...]:
        """Returns the folders of the checkpoints that were committed, first step first."""
        folders = (self.path / "checkpoints").glob("step-*")
        return tuple(
            sorted((f for f in folders if checkpoint_tensors(f)), key=lambda f: step_of(f.name))
        )

    def tensors(self, prefix: str, rows: int | slice) -> dict[str, np.ndarray]:
        """Returns rows of the last checkpoint's tensors whose names begin with `prefix`."""
        if not self.checkpoints:
            raise missing(self.path / "checkpoints", "no checkpoint", "one step-* at least")
        header = json_of(self.checkpoints[-1] / "header.json")
        shared = header.get("shared_rows", {})
        found: dict[str, np.ndarray] = {}
        for file in checkpoint_tensors(self.checkpoints[-1]):
            try:
                with safe_open(file, framework="numpy") as tensors:
                    for name in tensors.keys():
                        if name.startswith(prefix):
                            part = tensors.get_slice(name)
                            found[name.removeprefix(prefix)] = (
                                rows_of_agents(part, rows, shared[name])
                                if name in shared
                                else part[rows]
                            )
            except (SafetensorError, OSError) as error:
                raise broken(file, error, "netware resume") from None
        return found

    @cached_property
    def all_connections(self) -> Mapping[str, Connections]:
        """Returns which units the weights of each population join, as the last checkpoint says.

        Nothing for populations without a model, and for runs of versions that did not store it.
        """
        if not self.checkpoints:
            return {}
        header = json_of(self.checkpoints[-1] / "header.json").get("header") or {}
        stored = header.get("connections") or {}
        return {name: Connections.from_json(content) for name, content in stored.items()}

    def connections(self, population: str) -> Connections:
        """Returns which units the weights of one population join."""
        self.population(population)
        if population not in self.all_connections:
            raise StoreError(
                f"{self.path}: populations.{population}",
                found="a checkpoint that does not say which units the weights join",
                expected="a run of agents with a model, made by this version of netware",
                fix=f"run '{self.path / 'resolved.yaml'}' again",
            )
        return self.all_connections[population]

    def figure(self, name: str, options: Mapping[str, Any] | None = None) -> Any:
        """Draws a figure: a kind such as `morphology`, or the name of a probe or quantity.

        The figure is matplotlib's; matplotlib is loaded when the first one is asked for.
        """
        plotting = importlib.import_module("netware.analysis.plotting")
        return plotting.figure(self, name, options)

    def weights(self, population: str, agent: int = 0, replica: int = 0) -> dict[str, np.ndarray]:
        """Returns the weights of one agent at the last checkpoint, by name.

        Where agents are born and die, `agent` is a place, as on every axis of agents: the id of
        one of the first agents, until another is born there.
        """
        given = self.population(population)
        places = int(given.get("capacity") or given.get("room") or given["agents"])
        replicas = int(self.scenario.get("replicas", 1))
        for what, index, size in (("agent", agent, places), ("replica", replica, replicas)):
            if not 0 <= index < size:
                raise self.out_of_range(population, what, index, size)
        start = replica * places
        alive = self.tensors(f"populations/{population}/state/alive", slice(start, start + places))
        if alive and not (there := alive[""])[agent]:
            raise StoreError(
                f"{self.path}: populations.{population}",
                found=f"no agent alive at place {agent} of replica {replica}",
                expected=listed([str(one) for one in np.flatnonzero(there)]),
                fix="name an agent that is alive at the last checkpoint",
            )
        found = self.tensors(f"populations/{population}/weights/", start + agent)
        if not found:
            raise StoreError(
                f"{self.path}: populations.{population}",
                found="agents without weights",
                expected="a population with a model",
                fix="name another population",
            )
        return natural(found)

    def out_of_range(self, population: str, what: str, index: int, size: int) -> StoreError:
        """Returns the error for an agent or replica that is not there."""
        return StoreError(
            f"{self.path}: populations.{population}",
            found=f"no {what} {index}",
            expected=f"0 to {size - 1}",
            fix=f"write '{what}=0'",
        )


def open_run(path: str | os.PathLike[str]) -> Run:
    """Opens a run folder."""
    folder = Path(path)
    if not is_run(folder):
        raise no_run(folder)
    manifest = json_of(folder / "manifest.json")
    status = folder / "status.json"
    return Run(folder.resolve(), manifest, json_of(status) if status.is_file() else {})


def is_run(path: Path) -> bool:
    """Tells whether a folder is a run."""
    return (path / "manifest.json").is_file() and (path / "resolved.yaml").is_file()


def no_run(folder: Path) -> StoreError:
    """Returns the error for a folder that is no run, with the newest run below it if any."""
    below = sorted(file.parent for file in folder.glob("*/manifest.json"))
    return StoreError(
        str(folder),
        found="no manifest.json and resolved.yaml in it" if folder.is_dir() else "no such folder",
        expected="the folder of a run, runs/<name>/<date>-<hash>",
        fix=f"write '{below[-1]}'" if below else "'netware ls' lists the runs that exist",
    )


def rows_of_agents(written: Any, rows: int | slice, agents: int) -> np.ndarray:
    """Returns the rows of some agents from a file, in which so many agents share each row."""
    if isinstance(rows, int):
        return written[rows // agents]
    wanted = np.arange(written.get_shape()[0] * agents)[rows] // agents
    first, last = int(wanted[0]), int(wanted[-1])
    part = written[first : last + 1]
    return (
        np.broadcast_to(part[0], (len(wanted), *part.shape[1:]))
        if first == last
        else part[wanted - first]
    )


def natural(weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Sorts by name with numbers as numbers: w2 comes before w10."""

    def key(name: str) -> list[Any]:
        return [(int(part), "") if part.isdigit() else (-1, part) for part in split(name)]

    return {name: weights[name] for name in sorted(weights, key=key)}


def split(name: str) -> list[str]:
    """Splits a name into numbers and what lies between."""
    return [part for part in re.split(r"(\d+)", name) if part]
