"""Quantities against a parameter that was swept."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from pydantic import Field

from netware.analysis.figures.base import (
    AbstractFigure,
    begin,
    label_end,
    logarithmic,
    settle,
    spans_decades,
    title_of,
)
from netware.analysis.statistics import against
from netware.analysis.style import CYCLE, DOUBLE, SINGLE, Plate, plain, shades, styled, words
from netware.errors import StoreError
from netware.record.sweep_reader import Sweep as SweepFolder
from netware.record.tables import FINAL_SHARE, replicas_in
from netware.scenario.checks.suggest import did_you_mean, listed


MOST_PANELS = 9


@dataclass(frozen=True)
class Sweep(AbstractFigure[SweepFolder]):
    """Draws the final average of each quantity against the swept parameter.

    Markers: mean over replicas of the average over the last steps; bars: 95 % confidence
    interval of the mean (Student's t); small dots: single replicas. A second parameter becomes
    one curve for each of its values.

    Args:
        quantity: Quantities or probes to draw; all without an axis of their own if none are given.
        against: Parameter on the x axis, or the end of its dotted key; the first if none is given.
        window: Share of the steps, at the end, that is averaged over. [1]
    """

    quantity: tuple[str, ...] = ()
    against: str = ""
    window: Annotated[float, Field(ge=0, le=1)] = FINAL_SHARE

    of: ClassVar[Literal["run", "sweep"]] = "sweep"
    rank: ClassVar[int] = 1

    def applies(self, source: SweepFolder) -> bool:
        """Tells whether a parameter was swept and anything measured."""
        return len(source.parameters.columns) > 0 and bool(source.quantities)

    def caption(self, source: SweepFolder) -> str:
        """Says what markers and bars are."""
        return f"Final values against {words(self.x(source))}; {self.note(source)}."

    def note(self, source: SweepFolder) -> str:
        """Says what markers and bars are."""
        replicas = replicas_in(source.runs[0].metrics)
        over = f"mean over {replicas} replicas" if replicas > 1 else "one replica a run"
        bars = ", bars: 95 % confidence interval, dots: replicas" if replicas > 1 else ""
        return f"{over} of the last {100 * self.window:g} % of the steps{bars}"

    def x(self, source: SweepFolder) -> str:
        """Returns the key of the parameter on the x axis."""
        keys = [str(key) for key in source.parameters.columns]
        if not self.against and keys:
            return max(keys, key=lambda key: source.parameters[key].astype(str).nunique())
        found = [key for key in keys if key == self.against or key.endswith(f".{self.against}")]
        if not found:
            raise StoreError(
                str(source.path),
                found=f"no swept parameter '{self.against}'{did_you_mean(self.against, keys)}",
                expected=listed(keys),
                fix="write one of these" if keys else "sweep a parameter",
            )
        return found[0]

    def chosen(self, source: SweepFolder) -> list[tuple[str, str]]:
        """Returns the quantities to draw."""
        if not self.quantity:
            return source.quantities[:MOST_PANELS]
        found = [
            (probe, quantity)
            for probe, quantity in source.quantities
            if {probe, quantity, f"{probe}.{quantity}"} & set(self.quantity)
        ]
        if not found:
            known = sorted({quantity for _, quantity in source.quantities})
            raise StoreError(
                str(source.path),
                found=f"no quantity '{self.quantity[0]}'{did_you_mean(self.quantity[0], known)}",
                expected=listed(known),
                fix="write one of these",
            )
        return found

    def draw(self, source: SweepFolder) -> Plate:
        """Draws one panel for each quantity."""
        found, x = self.chosen(source), self.x(source)
        columns = min(3, len(found))
        rows = -(-len(found) // columns)
        size = (SINGLE, 2.3) if columns == 1 else (DOUBLE, (2.1 if columns == 2 else 1.8) * rows)
        with styled():
            figure = begin(source, size, "Sweep", self.caption(source), self.note(source))
            grid = figure.subplots(rows, columns, squeeze=False)
            for axes, (probe, quantity) in zip(grid.flat, found, strict=False):
                draw_panel(axes, source.values(probe, quantity, self.window), x, source)
                among_others = sum(p == probe or q == quantity for p, q in source.quantities) > 1
                axes.set_title(plain(title_of(probe, [quantity], among_others)))
            for axes in grid.flat[len(found) :]:
                axes.remove()
            settle(figure)
        return figure


def draw_panel(axes: Axes, values: pd.DataFrame, x: str, source: SweepFolder) -> None:
    """Draws one curve for each setting of the parameters that are not on the x axis."""
    others = [str(key) for key in source.parameters.columns if key != x]
    place = places(pd.Series(values[x]))
    values = values.assign(place=values[x].map(lambda value: place[str(value)]))
    groups: list[Any] = list(values.groupby(others, sort=True)) if others else [((), values)]
    colors = CYCLE[:1] if len(groups) == 1 else shades(len(groups))
    if spans_decades(values["value"].to_numpy(dtype=float)):
        logarithmic(axes)
    for color, (setting, group) in zip(colors, groups, strict=True):
        found = against(group, ["place"])
        label = ", ".join(f"{tail(key)} = {v}" for key, v in zip(others, setting, strict=True))
        if max(found["replicas"]) > 1:
            axes.plot(group["place"], group["value"], "o", ms=1.6, mew=0, color=color, alpha=0.3)
        axes.errorbar(
            found["place"],
            found["mean"],
            yerr=found["error"].fillna(0.0),
            color=color,
            marker="o",
            ms=2.8,
            lw=1.0,
            elinewidth=0.9,
            label=label,
        )
        if len(groups) > 1:
            label_end(axes, float(found["mean"].iloc[-1]), plain(words(label)), color)
    scale(axes, place)
    axes.set_xlabel(plain(words(tail(x))))
    axes.margins(x=0.04)


def tail(key: str) -> str:
    """Returns the end of a dotted key that a reader needs: `rules.fly.noise` is `noise`."""
    return key.rpartition(".")[2]


def places(column: pd.Series) -> dict[str, float]:
    """Returns where each value stands on the x axis: numbers where they are, words in a row."""
    distinct = list(dict.fromkeys(column))
    numbers = [v for v in distinct if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) == len(distinct):
        return {str(value): float(value) for value in sorted(distinct)}
    return {str(value): float(place) for place, value in enumerate(distinct)}


def scale(axes: Axes, place: dict[str, float]) -> None:
    """Gives the x axis decades where values were, and names where they are words."""
    at = np.array(list(place.values()))
    words_there = any(not numeric(name) for name in place)
    if words_there:
        axes.set_xticks(at, [plain(name) for name in place])
    elif len(at) > 2 and at.min() > 0 and spaced_geometrically(at):
        axes.set_xscale("log")


def numeric(name: str) -> bool:
    """Tells whether a text is a number."""
    try:
        float(name)
    except ValueError:
        return False
    return True


def spaced_geometrically(at: np.ndarray) -> bool:
    """Tells whether ratios of neighbours are more even than their differences."""
    ratios, gaps = np.diff(np.log(at)), np.diff(at)
    return bool(
        at.max() >= 8 * at.min() and ratios.std() / ratios.mean() < gaps.std() / gaps.mean()
    )
