"""What memories were shown, what they hold at several times, and what the group holds."""

from dataclasses import dataclass
from math import isqrt
from typing import Annotated, Any, ClassVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from pydantic import Field

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
from netware.analysis.motion import moments
from netware.analysis.statistics import curve
from netware.analysis.style import BLUE, DOUBLE, GREEN, QUIET, VERMILION, Plate, plain, styled
from netware.record.reader import Run
from netware.record.tables import chosen, replicas_in, rows_where


COLUMNS = ("input", "output", "target")
CURVES = (("group", BLUE), ("best", VERMILION), ("mean", GREEN))
NAMES = {"group": "group's vote", "best": "best agent", "mean": "mean agent"}
TIMES = 3
PIXELS = "gray_r"


@dataclass(frozen=True)
class Memories:
    """What a replica of memories held.

    Args:
        time: Times of the snapshots.
        cue: What each agent was shown first `[agents, units]`.
        held: What each held `[times, agents, units]`.
        target: What the cue was made from `[agents, units]`.
    """

    time: np.ndarray
    cue: np.ndarray
    held: np.ndarray
    target: np.ndarray

    @property
    def side(self) -> int:
        """Returns the side of the square image, 0 if it is none."""
        units = self.held.shape[-1]
        return isqrt(units) if isqrt(units) ** 2 == units else 0

    @property
    def shared(self) -> bool:
        """Tells whether all agents were shown corrupted copies of the same pattern."""
        return bool((self.target == self.target[0]).all())


@dataclass(frozen=True)
class Recall(AbstractFigure[Run]):
    """Draws patterns as images: the corrupted cue, what is recalled over time, and the original.

    Rows are agents, the last row is the mean of all agents of the replica. Below each image
    stands its overlap with the original, m = 1/N s . xi (of the majority's vote for the group).
    Beside them: the overlap of group, best and mean agent over time, over all replicas.

    Args:
        population: Population of memories; the first whose snapshots hold cue and target.
        agents: Agents to show. [1]
        replica: Replica. [1]
    """

    population: str = ""
    agents: Annotated[int, Field(ge=1, le=6)] = 3
    replica: Annotated[int, Field(ge=0)] = 0

    rank: ClassVar[int] = 5

    def applies(self, source: Run) -> bool:
        """Tells whether snapshots hold square images as cue, state and target."""
        names = remembering(source)
        return bool(names) and memories(source, names[0]).side > 1

    def chosen(self, source: Run) -> str:
        """Returns the population to draw."""
        return self.population or next(iter(remembering(source)), next(iter(source.populations)))

    def caption(self, source: Run) -> str:
        """Says what images and curves are."""
        overlaps = overlap_rows(source, self.chosen(source))
        curves = ""
        if len(overlaps):
            note = spread_note(replicas_in(overlaps))
            curves = f" Right: overlap of the group's vote, the best and the mean agent; {note}."
        return (
            "What single agents were shown and what they recall, and the mean of the whole group "
            "(last row), beside the stored original; m is the overlap with it, 1 if recalled "
            f"without error.{curves}"
        )

    def draw(self, source: Run) -> Plate:
        """Draws the images, and the curves beside them."""
        name = self.chosen(source)
        found = memories(source, name, self.replica)
        overlaps = overlap_rows(source, name)
        rows = min(self.agents, len(found.cue)) + found.shared
        entries = moments(len(found.time), TIMES + 1)[1:] or [0]
        count = len(entries) + 2
        image = 0.62
        wide = 0.55 + image * count + 0.2
        right = 2.3 if len(overlaps) else 0.0
        size = (min(DOUBLE, wide + right), rows * (image + 0.14) + 0.3)
        with styled():
            note = f"{found.held.shape[1]} agents; images: replica {self.replica}"
            figure = begin(source, size, "Recall", self.caption(source), note)
            parts: Any = [figure]
            if right:
                parts = figure.subfigures(1, 2, width_ratios=[wide, right])
            draw_images(parts[0].subplots(rows, count, squeeze=False), found, entries)
            if right:
                draw_overlaps(parts[1].subplots(), overlaps)
                settle(figure)
        return figure


def remembering(run: Run) -> list[str]:
    """Names the populations whose snapshots hold cue, state and target of one size."""
    found = []
    for name in run.populations:
        if all(run.has_column(name, column) for column in COLUMNS):
            shapes = {run.column(name, column).shape[3:] for column in COLUMNS}
            if len(shapes) == 1 and len(shapes.pop()) == 1:
                found.append(name)
    return found


def memories(run: Run, population: str, replica: int = 0) -> Memories:
    """Reads what a replica of memories was shown, and what it held."""
    cue, held, target = (run.state(population, name, replica) for name in COLUMNS)
    return Memories(held["time"].values, cue[0].values, held.values, target[0].values)


def overlap_rows(run: Run, population: str) -> pd.DataFrame:
    """Returns the metrics of the population's overlap."""
    probes = run.scenario.get("probes") or {}
    names = [
        name
        for name, probe in probes.items()
        if probe.get("type") == "overlap" and probe.get("on") == population
    ]
    return rows_where(run.metrics, run.metrics["probe"].isin(names[:1]))


def draw_images(grid: np.ndarray, found: Memories, entries: list[int]) -> None:
    """Draws one row an agent, and one for the group."""
    agents = len(grid) - found.shared
    last = len(grid[0]) - 1
    rows = [(f"agent {agent}", slice(agent, agent + 1)) for agent in range(agents)]
    rows += [("group", slice(None))] if found.shared else []
    for row, (name, who) in zip(grid, rows, strict=True):
        target = found.target[who][0]
        for axes, entry in zip(row[1:-1], entries, strict=True):
            draw_image(axes, found.held[entry, who], target, found.side)
        draw_image(row[0], found.cue[who], target, found.side)
        draw_image(row[last], found.target[who], None, found.side)
        row[0].set_ylabel(name, rotation=0, ha="right", va="center", labelpad=5)
    grid[0, 0].set_title("shown", loc="center", fontweight="normal")
    grid[0, last].set_title("stored", loc="center", fontweight="normal")
    for axes, entry in zip(grid[0, 1:-1], entries, strict=True):
        axes.set_title(f"t = {found.time[entry]:g}", loc="center", fontweight="normal")
    if found.shared:
        for axes in grid[-1]:
            for spine in axes.spines.values():
                spine.set(color=BLUE, lw=1.0)


def draw_image(axes: Axes, states: np.ndarray, target: np.ndarray | None, side: int) -> None:
    """Draws the mean of some states as an image, and writes their overlap below."""
    axes.imshow(states.mean(0).reshape(side, side), cmap=PIXELS, vmin=-1, vmax=1)
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(visible=True, color="0.7", lw=0.5)
    if target is not None:
        answer = states[0] if len(states) == 1 else np.sign(states.mean(0))
        overlap = f"{float((answer * target).mean()):.2f}".replace("-", "\N{MINUS SIGN}")
        axes.set_xlabel(f"m = {overlap}", fontsize=5.5, color=QUIET, labelpad=1.5)


def draw_overlaps(axes: Axes, overlaps: pd.DataFrame) -> None:
    """Draws the overlap of group, best and mean agent over time."""
    probe, curves = str(overlaps["probe"].iloc[0]), []
    for quantity, color in CURVES:
        rows = chosen(overlaps, probe, quantity)
        if rows.empty:
            continue
        curves.append(curve(rows))
        draw_curve(axes, curves[-1].time, curves[-1], color, quantity)
        label_end(axes, last_finite(curves[-1].middle), plain(NAMES[quantity]), color)
    axes.set_title("overlap with the original")
    time_axis(axes, curves)
    axes.set_ylim(top=min(1.02, axes.get_ylim()[1] + 0.02))
