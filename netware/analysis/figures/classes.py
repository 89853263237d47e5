"""The behaviour of agents over time, those with the same relations side by side."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from netware.analysis.figures.base import AbstractFigure, begin
from netware.analysis.style import INK, SINGLE, Plate, plain, signed, styled, words
from netware.errors import StoreError
from netware.record.reader import Run
from netware.record.tables import chosen, rows_where


Group = Literal["panel", "snapshots"]
SHOWN = ("output", "opinion", "state", "value")
KIND = "relational_signature"
QUANTITY = "signature"
LARGEST_SHARE = 98


@dataclass(frozen=True)
class Classes(AbstractFigure[Run]):
    """Draws one component of each agent's state over time, a row an agent, sorted by class.

    Classes are those of the first probe `relational_signature` of the population, when it read
    first: the largest class on top, agents that are alone in theirs at the bottom. Lines part the
    classes of two and more. Where agents of a class behave alike, the rows between two lines are
    the same.

    Args:
        population: Population to draw; the first with a signature if none is given.
        column: Column of state; found by itself if none is given.
        component: Component of the column. [1]
        replica: Replica. [1]

    Source: Wang and Fan (2023), doi:10.20944/preprints202311.0250.v1, section 2.3.
    Departs from it: a figure of ours.
    """

    population: str = ""
    column: str = ""
    component: Annotated[int, Field(ge=0)] = 0
    replica: Annotated[int, Field(ge=0)] = 0

    rank: ClassVar[int] = 11

    def applies(self, source: Run) -> bool:
        """Tells whether signatures and the state of the same agents were recorded."""
        return any(recorded(source, name) for name in with_signature(source))

    def chosen(self, source: Run) -> tuple[str, str, Group, str]:
        """Returns probe, population, group and column to draw."""
        probes = with_signature(source)
        fitting = {name: recorded(source, name, self.column) for name in probes}
        wanted = self.population or next((n for n, r in fitting.items() if r), "")
        if wanted not in fitting or not fitting[wanted]:
            raise StoreError(
                f"{source.path}: populations.{wanted or '*'}",
                found=f"no signature with the state '{self.column or 'output'}' of all its agents",
                expected=f"a probe '{KIND}', and snapshots of the state",
                fix="write 'record: {snapshots: 1}' into the scenario and run it again",
            )
        group, column = fitting[wanted][0]
        return probes[wanted], wanted, group, column

    def caption(self, source: Run) -> str:
        """Says what the rows are."""
        _, name, _, column = self.chosen(source)
        return (
            f"State '{column}' of the agents of '{name}' over time, one row an agent; between two "
            "lines are agents with the same typed relations, below the last line those that share "
            f"theirs with nobody. Replica {self.replica}."
        )

    def draw(self, source: Run) -> Plate:
        """Draws the rows."""
        probe, name, group, column = self.chosen(source)
        found = source.state(name, column, self.replica, group)
        values = found.values.reshape(*found.shape[:2], -1)
        if self.component >= values.shape[2]:
            raise source.out_of_range(name, "component", self.component, values.shape[2])
        order, edges = sorted_by_class(labels(source, probe, self.replica))
        values = values[:, order, self.component].T
        time = found["time"].values
        finite = np.abs(values[np.isfinite(values)])
        most = float(np.percentile(finite, LARGEST_SHARE)) if finite.size else 1.0
        with styled():
            note = f"{len(edges)} classes of two and more, {len(order)} agents"
            figure = begin(source, (SINGLE + 0.3, 2.8), "Classes", self.caption(source), note)
            axes = figure.subplots()
            half = (time[-1] - time[0]) / max(len(time) - 1, 1) / 2
            image = axes.imshow(
                values,
                cmap=signed(),
                vmin=-(most or 1.0),
                vmax=most or 1.0,
                aspect="auto",
                interpolation="nearest",
                extent=(time[0] - half, time[-1] + half, len(order), 0),
            )
            for edge in edges:
                axes.axhline(edge, color=INK, lw=0.5)
            axes.set_yticks([])
            axes.set_ylabel("agent, by class")
            axes.set_xlabel("step" if np.array_equal(time, found["step"].values) else "time")
            axes.set_title(plain(f"{words(name)}: {words(column)}, agents by their relations"))
            bar = figure.colorbar(image, ax=axes, pad=0.02, aspect=30, extend="both")
            bar.set_label(plain(words(column)), color=INK)
            bar.outline.set_linewidth(0.4)  # type: ignore[operator]
        return figure


def with_signature(run: Run) -> dict[str, str]:
    """Returns the first probe of signatures of each population that has one."""
    found: dict[str, str] = {}
    for name, probe in (run.scenario.get("probes") or {}).items():
        if isinstance(probe, dict) and probe.get("type") == KIND:
            if not chosen(run.metrics, str(name), QUANTITY).empty:
                found.setdefault(str(probe.get("on")), str(name))
    return found


def recorded(run: Run, population: str, column: str = "") -> list[tuple[Group, str]]:
    """Lists (group, column) of a population whose every agent was recorded more than once."""
    agents = int(run.population(population)["agents"])
    groups: tuple[Group, ...] = ("snapshots", "panel")
    found: list[tuple[Group, str]] = []
    for name in (column,) if column else SHOWN:
        for group in groups:
            if run.has_column(population, name, group):
                shape = run.column(population, name, group).shape
                if shape[0] > 1 and shape[2] == agents:
                    found.append((group, name))
    return found


def labels(run: Run, probe: str, replica: int) -> np.ndarray:
    """Returns each agent's signature when the probe read first."""
    rows = chosen(run.metrics, probe, QUANTITY)
    rows = rows_where(rows, (rows["replica"] == replica) & (rows["step"] == rows["step"].min()))
    return pd.Series(rows.sort_values("agent")["value"]).to_numpy()


def sorted_by_class(label: np.ndarray) -> tuple[np.ndarray, tuple[int, ...]]:
    """Returns agents in the order of their classes' sizes, and where classes of several end."""
    classes, inverse, sizes = np.unique(label, return_inverse=True, return_counts=True)
    ranked = np.argsort(-sizes, kind="stable")
    place = np.empty(len(classes), dtype=int)
    place[ranked] = np.arange(len(classes))
    order = np.argsort(place[inverse], kind="stable")
    several = sizes[ranked][sizes[ranked] > 1]
    return order, tuple(int(edge) for edge in np.cumsum(several))
