"""Metrics over time, with the spread over replicas."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

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
    title_of,
)
from netware.analysis.statistics import Curve, curve, profile
from netware.analysis.style import CYCLE, DOUBLE, SINGLE, Plate, plain, styled, words
from netware.errors import StoreError
from netware.record.reader import Run
from netware.record.tables import chosen, index_columns, names_in, replicas_in, rows_where
from netware.scenario.checks.suggest import did_you_mean, listed


PROFILED = ("layer", "iteration", "lag", "depth", "size")
ALIKE = 20
MOST_CURVES = 6
MOST_PANELS = 24


@dataclass(frozen=True)
class Panel:
    """One pair of axes: curves that share a scale.

    Args:
        title: What it shows.
        along: Index column that the x axis is, or nothing for time.
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
    lacks: ClassVar[tuple[str, str] | None] = (
        "no probes that measured anything",
        "write 'probes:' into the scenario and run it again: netware list probes",
    )

    def applies(self, source: Run) -> bool:
        """Tells whether anything was measured."""
        return not source.metrics.empty

    def caption(self, source: Run) -> str:
        """Says what the panels are."""
        return f"What the probes measured; {self.note(source)}."

    def note(self, source: Run) -> str:
        """Says what line and band are."""
        return spread_note(replicas_in(source.metrics))

    def draw(self, source: Run) -> Plate:
        """Draws one panel for each group of quantities."""
        metrics = wanted(source, self.show)
        found = panels(metrics, bool(self.show)) or panels(metrics, True)
        found = found[:MOST_PANELS]
        columns = 2 if len(found) == 4 else min(3, len(found))
        rows = -(-len(found) // columns)
        size = (SINGLE, 2.1) if columns == 1 else (DOUBLE, (2.0 if columns == 2 else 1.6) * rows)
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
    known = [*names_in(run.metrics, "probe"), *names_in(run.metrics, "quantity")]
    for name in show:
        if name not in known:
            raise StoreError(
                f"{run.path}: metrics",
                found=f"no probe or quantity '{name}'{did_you_mean(name, known)}",
                expected=listed(sorted(set(known))),
                fix="write one of these",
            )
    asked = run.metrics["probe"].isin(show) | run.metrics["quantity"].isin(show)
    return rows_where(run.metrics, asked)


def panels(metrics: pd.DataFrame, whole: bool) -> list[Panel]:
    """Groups quantities into panels: by probe, then by axis, then by scale.

    Unless the `whole` is wanted, some are left to the tables and to other figures: quantities
    that were measured once, those of single units, and those of single agents whose probe gives
    their mean as well.
    """
    found: list[Panel] = []
    for probe in names_in(metrics, "probe"):
        rows = rows_where(metrics, metrics["probe"] == probe)
        over_time: dict[str, Curve] = {}
        of = {name: chosen(rows, probe, name) for name in names_in(rows, "quantity")}
        plain_ones = [name for name, here in of.items() if not index_columns(here)]
        for quantity, here in of.items():
            index = index_columns(here)
            along = next((name for name in PROFILED if name in index), "")
            once = len(set(here["step"])) == 1 and not along
            single = "unit" in index or (index == ["agent"] and bool(plain_ones))
            if not whole and (once or single):
                continue
            if along:
                title = title_of(probe, [quantity], True)
                found.append(profile_panel(title, here, along))
            else:
                over_time[quantity] = curve(here)
        alike = rows_where(metrics, metrics["quantity"].isin(list(over_time)))
        several = len(over_time) > 1 or len(names_in(alike, "probe")) > 1
        found += time_panels(probe, over_time, several)
    return found


def profile_panel(title: str, rows: pd.DataFrame, along: str) -> Panel:
    """Returns a panel along an index column, at the first and the last step."""
    steps = rows["step"].to_numpy()
    curves = tuple(
        (f"step {at}", profile(rows_where(rows, rows["step"] == at), along))
        for at in dict.fromkeys((int(steps.min()), int(steps.max())))
    )
    return Panel(title, along, curves, spans_decades(np.concatenate([c.middle for _, c in curves])))


def time_panels(probe: str, curves: dict[str, Curve], among_others: bool) -> list[Panel]:
    """Puts the curves of a probe into as few panels as their scales allow."""
    groups: list[tuple[bool, float, list[str]]] = []
    for quantity, found in curves.items():
        log, size = spans_decades(found.middle), scale(found)
        for group_log, group_size, members in groups:
            alike = log or max(size, group_size) <= ALIKE * min(size, group_size)
            if log == group_log and alike and len(members) < MOST_CURVES:
                members.append(quantity)
                break
        else:
            groups.append((log, size, [quantity]))
    return [
        Panel(
            title_of(probe, members, among_others),
            "",
            tuple((words(quantity), curves[quantity]) for quantity in members),
            log,
        )
        for log, _, members in groups
    ]


def scale(found: Curve) -> float:
    """Returns the largest magnitude of a curve."""
    finite = found.middle[np.isfinite(found.middle)]
    return float(np.abs(finite).max()) if finite.size else 0.0


def draw_panel(axes: Axes, panel: Panel) -> None:
    """Draws the curves of a panel, each labelled at its end."""
    if panel.log:
        logarithmic(axes)
    colors = ("0.55", CYCLE[0]) if panel.along and len(panel.curves) > 1 else CYCLE
    for color, (label, found) in zip(colors, panel.curves, strict=False):
        draw_curve(axes, found.step if panel.along else found.time, found, color, label)
        if len(panel.curves) > 1:
            label_end(axes, last_finite(found.middle), plain(label), color)
    axes.set_title(plain(panel.title))
    time_axis(axes, [each for _, each in panel.curves])
    if panel.along:
        axes.set_xlabel(panel.along)
