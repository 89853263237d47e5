"""How well the same agents answer each of several tasks, as they learn one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes

from netware.analysis.figures.base import (
    AbstractFigure,
    begin,
    draw_curve,
    label_end,
    last_finite,
    settle,
    spread_note,
    time_axis,
)
from netware.analysis.statistics import curve
from netware.analysis.style import CYCLE, DOUBLE, SINGLE, Plate, plain, shades, styled, words
from netware.errors import StoreError
from netware.record.reader import Run
from netware.record.tables import chosen, replicas_in


MEAN = {"accuracy": "accuracy", "loss": "loss", "depth_used": "depth used"}
FREEZING = "freeze"
MOST_PANELS = 6
HEIGHT = 2.0


@dataclass(frozen=True)
class Several:
    """Probes of one type that measured one population on several tasks.

    Args:
        population: The population.
        kind: Type of the probes.
        probes: Name of the probe of each task.
    """

    population: str
    kind: str
    probes: Mapping[str, str]


@dataclass(frozen=True)
class Tasks(AbstractFigure[Run]):
    """Draws accuracy, loss or depth of one population on each of several tasks over time.

    A curve is the mean over the agents of a replica; vertical lines stand where a rule `freeze`
    put a task away.

    Args:
        population: Population to draw; all that were measured on several tasks if none is given.

    Source: Golkar, Kagan and Cho (2019), arXiv:1903.04476, figure 3.
    Departs from it: shows how each task is learnt, not only how it ends.
    """

    population: str = ""

    rank: ClassVar[int] = 12

    def applies(self, source: Run) -> bool:
        """Tells whether a population was measured on two tasks or more."""
        return bool(several(source))

    def chosen(self, source: Run) -> list[Several]:
        """Returns what to draw."""
        known = several(source)
        found = [one for one in known if self.population in ("", one.population)]
        if not found:
            raise StoreError(
                f"{source.path}: populations.{self.population or '*'}",
                found="no population that was measured on several tasks",
                expected=", ".join(dict.fromkeys(one.population for one in known))
                or "probes of type accuracy, loss or depth_used, one a task",
                fix="write one of these" if known else "give the scenario such probes",
            )
        return found[:MOST_PANELS]

    def caption(self, source: Run) -> str:
        """Says what the curves are."""
        found = self.chosen(source)
        names = ", ".join(dict.fromkeys(one.population for one in found))
        what = " and ".join(dict.fromkeys(MEAN[one.kind] for one in found))
        return (
            f"{what.capitalize()} of {names} on each task, mean over agents; "
            f"{spread_note(replicas_in(source.metrics))}. Vertical lines: a task is put away."
        )

    def draw(self, source: Run) -> Plate:
        """Draws a row for each kind of measurement, and in it a panel for each population."""
        found = self.chosen(source)
        kinds = list(dict.fromkeys(one.kind for one in found))
        names = list(dict.fromkeys(one.population for one in found))
        size = (SINGLE if len(names) == 1 else DOUBLE, HEIGHT * len(kinds))
        with styled():
            note = spread_note(replicas_in(source.metrics))
            figure = begin(source, size, "Tasks", self.caption(source), note)
            grid = figure.subplots(len(kinds), len(names), squeeze=False, sharey="row")
            for one in found:
                row, column = kinds.index(one.kind), names.index(one.population)
                draw_tasks(grid[row, column], one, source)
            for axes in grid.flat:
                if not axes.lines:
                    axes.remove()
            settle(figure)
        return figure


def several(run: Run) -> list[Several]:
    """Lists the populations that probes of one type measured on two tasks or more."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    seen = set(run.metrics["probe"])
    for name, probe in (run.scenario.get("probes") or {}).items():
        if isinstance(probe, dict) and probe.get("type") in MEAN and name in seen:
            key = (str(probe["on"]), str(probe["type"]))
            found.setdefault(key, {}).setdefault(str(probe["task"]), str(name))
    return [Several(*key, probes) for key, probes in found.items() if len(probes) > 1]


def draw_tasks(axes: Axes, what: Several, run: Run) -> None:
    """Draws one curve a task, labelled at its end."""
    curves = {
        task: curve(chosen(run.metrics, probe, "mean")) for task, probe in what.probes.items()
    }
    colors = CYCLE if len(curves) <= len(CYCLE) else shades(len(curves))
    for step in put_away(run, what.population):
        axes.axvline(step * float(run.scenario.get("dt", 1.0)), color="0.8", lw=0.6, zorder=0)
    for color, (task, found) in zip(colors, curves.items(), strict=False):
        draw_curve(axes, found.time, found, color, task)
        label_end(axes, last_finite(found.middle), plain(words(task)), color)
    axes.set_title(plain(f"{words(what.population)}: {MEAN[what.kind]}"))
    axes.set_ylim(bottom=min(0.0, float(np.nanmin([c.low.min() for c in curves.values()]))))
    time_axis(axes, list(curves.values()))


def put_away(run: Run, population: str) -> list[int]:
    """Lists the steps at whose end a rule froze what the population had learnt."""
    steps: list[int] = []
    for rule in (run.scenario.get("rules") or {}).values():
        if isinstance(rule, dict) and rule.get("type") == FREEZING and rule["on"] == population:
            steps += [step + 1 for step in listed_steps(rule.get("at"))]
    return steps


def listed_steps(at: Any) -> list[int]:
    """Returns one step, several or none as a list."""
    return [] if at is None else [int(at)] if isinstance(at, int) else [int(step) for step in at]
