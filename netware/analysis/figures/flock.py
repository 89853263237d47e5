"""Positions and headings of moving agents, at several times side by side."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from pydantic import Field

from netware.analysis.figures.base import AbstractFigure, begin
from netware.analysis.motion import Flight, flight, moments, moving
from netware.analysis.style import DOUBLE, QUIET, Plate, headings, plain, styled, words
from netware.record.reader import Run


MOST_ARROWS = 4000
ARROW = np.array([[-0.5, -0.32], [0.7, 0.0], [-0.5, 0.32], [-0.28, 0.0]])
KEY_COLORS = 90


@dataclass(frozen=True)
class Flock(AbstractFigure[Run]):
    """Draws where agents are and where they head, coloured by heading.

    One row for each population that moves, one column for each time; the order parameter
    phi = |1/N sum exp(i theta)| stands above. In three dimensions, the first two are drawn.

    Args:
        population: Population to draw; all that move if none is given.
        times: Number of times. [1]
        replica: Replica. [1]

    Source: Vicsek et al. (1995), Phys. Rev. Lett. 75, 1226, figure 1.
    Departs from it: headings are coloured, and short trails are left out.
    """

    population: str = ""
    times: Annotated[int, Field(ge=1, le=8)] = 4
    replica: Annotated[int, Field(ge=0)] = 0

    rank: ClassVar[int] = 10
    lacks: ClassVar[tuple[str, str] | None] = (
        "no snapshots of positions and headings",
        "write 'record: {snapshots: 50}' into a scenario in which something moves",
    )

    def applies(self, source: Run) -> bool:
        """Tells whether snapshots hold positions and headings."""
        return bool(moving(source))

    def caption(self, source: Run) -> str:
        """Says what arrows and colours are."""
        return (
            "Positions and headings at several times, coloured by heading (wheel); phi is the "
            f"order parameter, 1 if all head the same way. Replica {self.replica}."
        )

    def draw(self, source: Run) -> Plate:
        """Draws one row a population, one column a time."""
        names = [self.population] if self.population else moving(source)
        flights = [flight(source, name, self.replica) for name in names]
        count = min(self.times, *(len(each.step) for each in flights))
        panel = min(2.6, (DOUBLE - 0.25 * (len(names) > 1)) / max(count, 3))
        size = (panel * count + 0.3, len(names) * (panel + 0.06) + 0.02)
        with styled():
            figure = begin(
                source, size, "Positions and headings", self.caption(source), self.note(flights)
            )
            grid = figure.subplots(len(names), count, squeeze=False)
            figure.get_layout_engine().set(w_pad=0.05)  # type: ignore[union-attr, call-arg]
            for row, (name, each) in enumerate(zip(names, flights, strict=True)):
                for axes, entry in zip(grid[row], moments(len(each.step), count), strict=True):
                    draw_moment(axes, each, entry, box_of(source, each), panel)
                grid[row, 0].set_ylabel(plain(words(name)))
            draw_wheel(grid[0, -1])
        return figure

    def note(self, flights: list[Flight]) -> str:
        """Says how many agents there are, and which replica this is."""
        agents = ", ".join(str(each.position.shape[1]) for each in flights)
        return f"{agents} agents, replica {self.replica}"


def box_of(run: Run, found: Flight) -> tuple[float, float, float, float]:
    """Returns the limits of both axes: the periodic box, or where agents have been."""
    space = run.scenario.get("space") or {}
    if space.get("periodic", True) and "box" in space:
        return 0.0, float(space["box"]), 0.0, float(space["box"])
    low, high = found.position[..., :2].min((0, 1)), found.position[..., :2].max((0, 1))
    half = 0.55 * float((high - low).max() or 1.0)
    x, y = (float(each) for each in (low + high) / 2)
    return x - half, x + half, y - half, y + half


def draw_moment(
    axes: Axes, found: Flight, entry: int, box: tuple[float, float, float, float], panel: float
) -> None:
    """Draws all agents at one time, as arrows or, if there are very many, as dots."""
    position, angle = found.position[entry], found.heading[entry]
    turn = np.mod(angle, 2 * np.pi) / (2 * np.pi)
    agents = len(position)
    points = 72 * panel * 0.9
    size = float(np.clip(1.0 * points / agents**0.5, 1.6, 9.0))
    colors = headings()(turn)
    if agents <= MOST_ARROWS:
        draw_arrows(axes, position, angle, colors, size * (box[1] - box[0]) / points)
    else:
        axes.scatter(
            position[:, 0], position[:, 1], s=(0.55 * size) ** 2, c=colors, lw=0, rasterized=True
        )
    axes.set(xlim=box[:2], ylim=box[2:], xticks=[], yticks=[], aspect="equal")
    for spine in axes.spines.values():
        spine.set(visible=True, color="0.7")
    moment = found.time[entry]
    axes.set_title(f"t = {moment:g}", fontweight="normal")
    order = f"φ = {found.order()[entry]:.2f}"
    axes.set_title(order, loc="right", fontweight="normal", color=QUIET)


def draw_arrows(
    axes: Axes, position: np.ndarray, angle: np.ndarray, colors: np.ndarray, length: float
) -> None:
    """Draws one arrow head an agent, pointing where it heads."""
    turn = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], -1)
    shape = ARROW @ turn.reshape(-1, 2, 2).transpose(0, 2, 1) * length
    corners = position[:, None, :2] + shape
    axes.add_collection(
        PolyCollection(list(corners), facecolors=colors, edgecolors="none", clip_on=True)
    )


def draw_wheel(axes: Axes) -> None:
    """Draws the key beside the last axes: which colour is which heading."""
    wheel = axes.inset_axes((1.04, 0.0, 0.2, 0.2), projection="polar")
    angle = np.linspace(0, 2 * np.pi, KEY_COLORS, endpoint=False)
    wheel.bar(
        angle,
        0.4,
        width=2 * np.pi / KEY_COLORS * 1.05,
        bottom=0.6,
        color=headings()(angle / (2 * np.pi)),
        lw=0,
    )
    wheel.set_axis_off()
    wheel.annotate("heading", (0.5, 1.05), xycoords="axes fraction", ha="center", va="bottom")
    wheel.texts[-1].set(fontsize=5.5, color=QUIET)
