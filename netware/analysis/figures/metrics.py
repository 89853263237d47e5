"""Metrics over time, with the spread over replicas."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from netware.analysis.figures.base import (
    AbstractFigure,
    begin,
    draw_curve,
    label_end,
    last_finite,
    logarithmic,
    settle,
    spans_decades,
    spread_note,
    time_axis,
    whole_numbers,
)
from netware.analysis.reader import Run
from netware.analysis.statistics import Curve, chosen, curve, index_columns, profile
from netware.analysis.style import CYCLE, DOUBLE, SINGLE, Plate, plain, styled, words
from netware.errors import StoreError
from netware.scenario.suggest import listed, meant


PROFILED = ("layer", "iteration", "lag", "depth", "size")
ALIKE = 20
MOST_CURVES = 6
MOST_PANELS = 24


@dataclass(frozen=True)
class Panel:
    """One pair of axes: curves that share a scale.

    Args:
        title: What it shows.
        along: `time`, or the index column that the x axis is.
        curves: What each curve is called, and the curve.
        log: Whether the y axis has decades.
    """

    title: str
    along: str
    curves: tuple[tuple[str, Curve], ...]
    log: bool


@dataclass(frozen=True)
class Metrics(AbstractFigure[Run]):
    """Draws what the probes measured as small multiples, one probe beside the other.

    Quantities of a probe share axes where their scales allow. A quantity that has an axis of
    its own (layer, iteration, lag, ...) is drawn along it, at the first and the last step.

    Args:
        show: Names of probes or quantities; all if none are given.
    """

    show: tuple[str, ...] = ()

    rank: ClassVar[int] = 40

    def applies(self, source: Run) -> bool:
        """Tells whether anything was measured."""
        return not source.metrics.empty

    def caption(self, source: Run) -> str:
        """Says what the panels are."""
        return f"What the probes measured; {self.note(source)}."

    def note(self, source: Run) -> str:
        """Says what line and band are."""
        return spread_note(int(source.metrics["replica"].nunique()))

    def draw(self, source: Run) -> Plate:
        """Draws one panel for each group of quantities."""
        found = list(panels(wanted(source, self.show)))[:MOST_PANELS]
        columns = min(3, len(found))
        rows = -(-len(found) // columns)
        size = (SINGLE, 2.1) if columns == 1 else (DOUBLE * columns / 3 + 0.3, 1.6 * rows)
        with styled():
            figure = begin(source, size, "Metrics", self.caption(source), self.note(source))
            grid = figure.subplots(rows, columns, squeeze=False)
            for axes, panel in zip(grid.flat, found, strict=False):
                draw_panel(axes, panel)
            for axes in grid.flat[len(found) :]:
                axes.remove()
            settle(figure)
        return figure


def wanted(run: Run, show: tuple[str, ...]) -> pd.DataFrame:
    """Returns the metrics of the probes and quantities asked for."""
    if not show:
        return run.metrics
    known = [*run.metrics["probe"].unique(), *run.metrics["quantity"].unique()]
    for name in show:
        if name not in known:
            raise StoreError(
                f"{run.path}: metrics",
                found=f"no probe or quantity '{name}'{meant(name, map(str, known))}",
                expected=listed(sorted(set(map(str, known)))),
                fix="write one of these",
            )
    return run.metrics[run.metrics["probe"].isin(show) | run.metrics["quantity"].isin(show)]


def panels(metrics: pd.DataFrame, all_axes: bool) -> Iterator[Panel]:
    """Groups quantities into panels: by probe, then by axis, then by scale."""
    for probe, rows in metrics.groupby("probe", sort=False, observed=True):
        groups: list[tuple[str, bool, float, list[tuple[str, Curve]]]] = []
        for quantity in rows["quantity"].unique():
            here = chosen(rows, str(probe), str(quantity))
            index = index_columns(here)
            if "unit" in index and not all_axes:
                continue
            along = next((name for name in PROFILED if name in index), "time")
            if along != "time":
                curves = tuple(profiles(here, along))
                title = f"{words(str(probe))}: {words(str(quantity))}"
                log = spans_decades(np.concatenate([each.middle for _, each in curves]))
                yield Panel(title, along, curves, log)
                continue
            found = curve(here)
            log, size = spans_decades(found.middle), scale(found)
            one = (words(str(quantity)), found)
            for _, group_log, group_size, members in groups:
                alike = log or max(size, group_size) <= ALIKE * min(size, group_size)
                if log == group_log and alike and len(members) < MOST_CURVES:
                    members.append(one)
                    break
            else:
                groups.append((along, log, size, [one]))
        for along, log, _, members in groups:
            title = words(str(probe))
            if len(groups) > 1 or (len(members) == 1 and members[0][0] != title):
                alone = members[0][0]
                title = title if len(members) > 1 or alone == title else f"{title}: {alone}"
            yield Panel(title, along, tuple(members), log)


def profiles(rows: pd.DataFrame, along: str) -> Iterator[tuple[str, Curve]]:
    """Returns the curves along an index column at the first and the last step."""
    first, last = rows["step"].min(), rows["step"].max()
    for step in dict.fromkeys((first, last)):
        yield f"step {step}", profile(rows[rows["step"] == step], along)


def scale(found: Curve) -> float:
    """Returns the largest magnitude of a curve."""
    finite = found.middle[np.isfinite(found.middle)]
    return float(np.abs(finite).max()) if finite.size else 0.0


def draw_panel(axes, panel: Panel) -> None:
    """Draws the curves of a panel, each labelled at its end."""
    if panel.log:
        logarithmic(axes)
    along_time = panel.along == "time"
    colors = CYCLE if along_time else ("0.55", CYCLE[0])
    single = len(panel.curves) == 1
    for color, (label, found) in zip(colors, panel.curves, strict=False):
        x = found.time if along_time else found.step
        draw_curve(axes, x, found, color, label)
        if not single:
            label_end(axes, last_finite(found.middle), plain(label), color)
    axes.set_title(plain(panel.title))
    axes.set_xlabel(time_axis([each for _, each in panel.curves]) if along_time else panel.along)
    if not along_time:
        whole_numbers(axes)
    axes.margins(x=0.02)
