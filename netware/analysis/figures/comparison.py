"""The same quantity of several populations in one pair of axes."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
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
)
from netware.analysis.reader import Run
from netware.analysis.statistics import (
    Curve,
    chosen,
    curve,
    index_columns,
    names_in,
    replicas_in,
    rows_where,
)
from netware.analysis.style import CYCLE, SINGLE, Plate, plain, styled, words
from netware.errors import StoreError
from netware.scenario.suggest import did_you_mean, listed


MOST_PANELS = 4


@dataclass(frozen=True)
class Comparison(AbstractFigure[Run]):
    """Draws what probes of one type measured on different populations, curve beside curve.

    Args:
        quantity: Quantity to compare; the first of each type of probe if none is given.
    """

    quantity: str = ""

    rank: ClassVar[int] = 15

    def applies(self, source: Run) -> bool:
        """Tells whether two populations were measured alike."""
        return bool(shared(source))

    def chosen(self, source: Run) -> dict[str, list[tuple[str, str]]]:
        """Returns the quantities to draw, each with its populations and probes."""
        found = shared(source)
        if not self.quantity:
            return {name: found[name] for name in leading(source) if name in found}
        if self.quantity not in found:
            raise StoreError(
                f"{source.path}: metrics",
                found=f"no quantity '{self.quantity}' of several populations"
                + did_you_mean(self.quantity, found),
                expected=listed(found),
                fix="give each population a probe of the same type",
            )
        return {self.quantity: found[self.quantity]}

    def caption(self, source: Run) -> str:
        """Says what is compared."""
        found = self.chosen(source)
        names = list(dict.fromkeys(name for pairs in found.values() for name, _ in pairs))
        note = spread_note(replicas_in(source.metrics))
        return f"{' and '.join(map(words, found)).capitalize()} of {', '.join(names)}; {note}."

    def draw(self, source: Run) -> Plate:
        """Draws one panel for each quantity."""
        found = self.chosen(source)
        size = (SINGLE * min(2, len(found)), 2.1 * -(-len(found) // 2))
        with styled():
            note = spread_note(replicas_in(source.metrics))
            figure = begin(source, size, "Comparison", self.caption(source), note)
            grid = figure.subplots(-(-len(found) // 2), min(2, len(found)), squeeze=False)
            for axes, (quantity, pairs) in zip(grid.flat, found.items(), strict=False):
                curves = {name: measured(source, probe, quantity) for name, probe in pairs}
                draw_panel(axes, quantity, curves)
            for axes in grid.flat[len(found) :]:
                axes.remove()
            settle(figure)
        return figure


def leading(run: Run) -> list[str]:
    """Names the quantity of each type of probe that tells most: its namesake, or its first."""
    found: dict[str, str] = {}
    for name, probe in (run.scenario.get("probes") or {}).items():
        kind = str(probe.get("type"))
        names = names_in(rows_where(run.metrics, run.metrics["probe"] == name), "quantity")
        if kind not in found and names:
            found[kind] = kind if kind in names else names[0]
    return list(dict.fromkeys(found.values()))[:MOST_PANELS]


def measured(run: Run, probe: str, quantity: str) -> Curve:
    """Returns what a probe measured over time."""
    return curve(chosen(run.metrics, probe, quantity))


def draw_panel(axes: Axes, quantity: str, curves: dict[str, Curve]) -> None:
    """Draws one curve a population, labelled at its end."""
    if spans_decades(np.concatenate([found.middle for found in curves.values()])):
        logarithmic(axes)
    for color, (name, found) in zip(CYCLE, curves.items(), strict=False):
        draw_curve(axes, found.time, found, color, name)
        label_end(axes, last_finite(found.middle), plain(words(name)), color)
    axes.set_title(plain(words(quantity)))
    axes.set_xlabel(time_axis(list(curves.values())))
    axes.margins(x=0.02)


def shared(run: Run) -> dict[str, list[tuple[str, str]]]:
    """Returns the quantities that probes of one type measured on two populations or more."""
    by_type: dict[str, dict[str, str]] = {}
    for name, probe in (run.scenario.get("probes") or {}).items():
        if isinstance(probe, dict) and "on" in probe:
            by_type.setdefault(str(probe.get("type")), {}).setdefault(str(probe["on"]), str(name))
    found: dict[str, list[tuple[str, str]]] = {}
    for probes in by_type.values():
        rows = rows_where(run.metrics, run.metrics["probe"].isin(list(probes.values())))
        for quantity in names_in(rows, "quantity"):
            with_it = rows_where(rows, rows["quantity"] == quantity)
            pairs = [(on, probe) for on, probe in probes.items() if any(with_it["probe"] == probe)]
            if len(pairs) > 1 and not index_columns(with_it):
                found.setdefault(quantity, pairs)
    return found
