"""The same quantity of several populations in one pair of axes."""

from collections.abc import Mapping
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
    title_of,
)
from netware.analysis.statistics import curve
from netware.analysis.style import CYCLE, DOUBLE, SINGLE, Plate, plain, shades, styled, words
from netware.errors import StoreError
from netware.record.reader import Run
from netware.record.tables import chosen, index_columns, names_in, replicas_in, rows_where
from netware.scenario.checks.suggest import did_you_mean, listed


MOST_PANELS = 9


@dataclass(frozen=True)
class Shared:
    """A quantity that probes of one type measured on several populations.

    Args:
        kind: Type of the probes.
        quantity: The quantity.
        probes: Name of the probe for each population.
    """

    kind: str
    quantity: str
    probes: Mapping[str, str]


@dataclass(frozen=True)
class Comparison(AbstractFigure[Run]):
    """Draws what probes of one type measured on different populations, curve beside curve.

    Args:
        quantity: Quantity to compare; if none is given, the namesake of each type of probe, or all
            of its quantities if they have no such one in common.
    """

    quantity: str = ""

    rank: ClassVar[int] = 15

    def applies(self, source: Run) -> bool:
        """Tells whether two populations were measured alike."""
        return bool(shared(source))

    def chosen(self, source: Run) -> list[Shared]:
        """Returns the quantities to draw."""
        found = shared(source)
        asked = [each for each in found if self.quantity in ("", each.quantity)]
        if not asked:
            known = [each.quantity for each in found]
            raise StoreError(
                f"{source.path}: metrics",
                found=f"no quantity '{self.quantity}' of several populations"
                + did_you_mean(self.quantity, known),
                expected=listed(known),
                fix="give each population a probe of the same type",
            )
        namesakes = {each.kind for each in asked if each.quantity == each.kind}
        telling = [e for e in asked if e.quantity == e.kind or e.kind not in namesakes]
        return telling[:MOST_PANELS]

    def caption(self, source: Run) -> str:
        """Says what is compared."""
        found = self.chosen(source)
        what = " and ".join(dict.fromkeys(words(each.kind) for each in found))
        names = ", ".join(dict.fromkeys(name for each in found for name in each.probes))
        note = spread_note(replicas_in(source.metrics))
        return f"{what.capitalize()} of {names}; {note}."

    def draw(self, source: Run) -> Plate:
        """Draws one panel for each quantity."""
        found = self.chosen(source)
        columns = min(len(found), 3 if len(found) > 4 else 2)
        rows = -(-len(found) // columns)
        size = (SINGLE if columns == 1 else DOUBLE, (1.7 if columns == 3 else 2.1) * rows)
        with styled():
            note = spread_note(replicas_in(source.metrics))
            figure = begin(source, size, "Comparison", self.caption(source), note)
            grid = figure.subplots(rows, columns, squeeze=False)
            for axes, each in zip(grid.flat, found, strict=False):
                draw_panel(axes, each, source)
            for axes in grid.flat[len(found) :]:
                axes.remove()
            settle(figure)
        return figure


def draw_panel(axes: Axes, what: Shared, run: Run) -> None:
    """Draws one curve a population, labelled at its end."""
    curves = {
        name: curve(chosen(run.metrics, probe, what.quantity))
        for name, probe in what.probes.items()
    }
    if spans_decades(np.concatenate([found.middle for found in curves.values()])):
        logarithmic(axes)
    colors = CYCLE if len(curves) <= len(CYCLE) else shades(len(curves))
    for color, (name, found) in zip(colors, curves.items(), strict=False):
        draw_curve(axes, found.time, found, color, name)
        label_end(axes, last_finite(found.middle), plain(words(name)), color)
    axes.set_title(plain(title_of(what.kind, [what.quantity], True)))
    time_axis(axes, list(curves.values()))


def shared(run: Run) -> list[Shared]:
    """Lists the quantities that probes of one type measured on two populations or more."""
    by_type: dict[str, dict[str, str]] = {}
    for name, probe in (run.scenario.get("probes") or {}).items():
        if isinstance(probe, dict) and "on" in probe:
            by_type.setdefault(str(probe.get("type")), {}).setdefault(str(probe["on"]), str(name))
    found: list[Shared] = []
    for kind, probes in by_type.items():
        rows = rows_where(run.metrics, run.metrics["probe"].isin(list(probes.values())))
        for quantity in names_in(rows, "quantity"):
            here = rows_where(rows, rows["quantity"] == quantity)
            names = names_in(here, "probe")
            with_it = {on: probe for on, probe in probes.items() if probe in names}
            if len(with_it) > 1 and not index_columns(here):
                found.append(Shared(kind, quantity, with_it))
    return found
