"""How what agents hold is distributed: as data, as noise, and as it came back."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from matplotlib.axes import Axes
from pydantic import Field

from netware.analysis.figures.base import AbstractFigure, begin
from netware.analysis.style import BLUE, DOUBLE, FAINT, QUIET, SINGLE, Plate, plain, styled, words
from netware.record.reader import Run


MOST_PANELS = 4
LOOPS = ("noising", "denoising")


@dataclass(frozen=True)
class Loop:
    """The samples of a population at three times, all agents and replicas together.

    Args:
        name: Name of the population.
        first: Samples at the first snapshot.
        noised: Samples when most noise was in them.
        last: Samples at the last snapshot.
        steps: Steps of the three.
    """

    name: str
    first: np.ndarray
    noised: np.ndarray
    last: np.ndarray
    steps: tuple[int, int, int]


@dataclass(frozen=True)
class Distribution(AbstractFigure[Run]):
    """Draws histograms of the samples in a diffusion loop, one panel a population.

    Grey area: the first snapshot; dashed: the snapshot of the highest level of noise; line: the
    last snapshot. All agents and replicas of a population together. The axis spans data and
    noise; what ends beyond it counts in the density but is not seen.

    Args:
        component: Number of a column with several numbers an agent; all of them if -1. [1]
        bins: Bins of a histogram. [1]

    Source: Ho, Jain and Abbeel (2020), arXiv:2006.11239, figure 2, as histograms.
    """

    component: Annotated[int, Field(ge=-1)] = -1
    bins: Annotated[int, Field(ge=4, le=500)] = 60

    rank: ClassVar[int] = 8
    lacks: ClassVar[tuple[str, str] | None] = (
        "no samples of a diffusion loop at two times or more",
        "write 'record: {snapshots: 50}' into a scenario with a rule denoise, and run it again",
    )

    def applies(self, source: Run) -> bool:
        """Tells whether samples of a diffusion loop were recorded at two times or more."""
        return bool(looping(source))

    def caption(self, source: Run) -> str:
        """Says what area and lines are."""
        names = ", ".join(looping(source))
        return (
            f"Samples held by {names}: at first (grey area), when most noise was in them (dashed), "
            "and at the end (line); all agents and replicas together."
        )

    def draw(self, source: Run) -> Plate:
        """Draws one panel a population, on the scale of data and noise."""
        known = looping(source)
        found = [
            loop(source, name, *columns, self.component)
            for name, columns in list(known.items())[:MOST_PANELS]
        ]
        shown = np.concatenate([np.concatenate([one.first, one.noised]) for one in found])
        low, high = (float(edge) for edge in np.quantile(shown, (0.001, 0.999)))
        room = 0.1 * (high - low) or 1.0
        edges = np.linspace(low - room, high + room, self.bins + 1)
        with styled():
            size = (SINGLE if len(found) == 1 else DOUBLE, 2.1)
            note = "grey: first, dashed: noised, line: last snapshot"
            figure = begin(source, size, "Distribution", self.caption(source), note)
            grid = figure.subplots(1, len(found), squeeze=False, sharex=True, sharey=True)[0]
            for axes, one in zip(grid, found, strict=True):
                draw_loop(axes, one, edges)
            grid[0].set_ylabel("density")
        return figure


def looping(run: Run) -> dict[str, tuple[str, str]]:
    """Returns, for populations that noise or denoise, the recorded columns of samples and level."""
    found: dict[str, tuple[str, str]] = {}
    for rule in (run.scenario.get("rules") or {}).values():
        if not isinstance(rule, dict) or rule.get("type") not in LOOPS:
            continue
        name, columns = str(rule["on"]), (str(rule["state"]), str(rule["level"]))
        recorded = all(run.has_column(name, column) for column in columns)
        if recorded and len(run.column(name, columns[0])) > 1:
            found.setdefault(name, columns)
    return found


def loop(run: Run, name: str, state: str, level: str, component: int) -> Loop:
    """Reads the samples of a population at three times."""
    samples, levels = run.column(name, state), run.column(name, level).values
    height = levels.reshape(len(levels), -1).mean(1)
    times = (0, int(np.argmax(height)), len(levels) - 1)
    values = samples.values.reshape(*samples.shape[:3], -1)
    if component >= values.shape[3]:
        raise run.out_of_range(name, "component", component, values.shape[3])
    kept = values if component < 0 else values[..., component]
    first, noised, last = (kept[at].ravel() for at in times)
    step = samples["step"].values
    return Loop(name, first, noised, last, (int(step[0]), int(step[times[1]]), int(step[-1])))


def draw_loop(axes: Axes, found: Loop, edges: np.ndarray) -> None:
    """Draws the three histograms of one population."""
    kinds = ((found.first, FAINT, ""), (found.noised, QUIET, "--"), (found.last, BLUE, "-"))
    for (values, color, style), step in zip(kinds, found.steps, strict=True):
        density = np.histogram(values, edges)[0] / (len(values) * np.diff(edges))
        if not style:
            axes.stairs(density, edges, fill=True, color=color, label=f"step {step}")
        else:
            axes.stairs(density, edges, color=color, ls=style, lw=1.2, label=f"step {step}")
    axes.set_title(plain(words(found.name)))
    axes.set_xlabel("sample")
    axes.legend()
