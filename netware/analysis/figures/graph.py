"""Which agents are related when a run ends: agents as points, typed relations as lines."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.lines import Line2D
from pydantic import Field

from netware.analysis.figures.base import AbstractFigure, begin
from netware.analysis.graphs.layout import nearest, placed
from netware.analysis.graphs.recorded_graph import GRAPH, Lines, Relations, lines_of, relations
from netware.analysis.style import CYCLE, DOUBLE, QUIET, Plate, plain, styled, words
from netware.record.reader import Run


PANEL = 4.6
SMALL_BYTES = 1_000_000
MOST_LAID, LIMIT_LAID, MOST_PLACED = 500, 2000, 5000
MOST_NAMED = 40
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES = ("-", (0, (4, 1.5)), (0, (1, 1.2)), (0, (5, 1.2, 1, 1.2)))
HEAD = np.array([[0.0, 0.0], [-1.0, 0.38], [-0.75, 0.0], [-1.0, -0.38]])
HEAD_POINTS, APART_POINTS, LARGEST = 4.5, 2.2, 11
WIDEST, THINNEST = 1.3, 0.3


@dataclass(frozen=True)
class Graph(AbstractFigure[Run]):
    """Draws the typed graph that a run ended with, from `relations.graphml` alone.

    Agents stand where they are, if all have positions, else so that distances in the plane are
    as those in the graph. A large graph is shown in part: the agents nearest to the first of
    each population, along edges.

    Args:
        most: Agents to draw at most; 0 for 500, or 5000 where they have positions. Without
            positions more than 2000 are not laid out. [1]

    Source: Gansner, Koren and North (2004), Graph Drawing, LNCS 3383, 239,
    doi:10.1007/978-3-540-31843-9_25.
    Departs from it: parts that are not connected are laid out each by itself and packed.
    """

    most: Annotated[int, Field(ge=0, le=20_000)] = 0

    rank: ClassVar[int] = 60

    def applies(self, source: Run) -> bool:
        """Tells whether a graph was recorded that is small, and has an edge."""
        place = source.path / GRAPH
        small = place.is_file() and place.stat().st_size <= SMALL_BYTES
        return small and len(relations(source).relation) > 0

    def caption(self, source: Run) -> str:
        """Says what points, lines and arrows are, and what is left out."""
        whole = relations(source)
        return self.told(whole, self.part(whole))

    def told(self, whole: Relations, part: Relations) -> str:
        """Says what points, lines and arrows are of a graph and the part of it that is drawn."""
        near = "Agents that are near in the graph stand near each other"
        where = "Agents stand where they are" if part.placed else near
        cut = f" {self.note(whole, part)}." if part.agents < whole.agents else ""
        return (
            f"Agents and their typed relations at step {whole.step}, replica 0. {where}; an arrow "
            f"points from source to target, a line without one holds both ways; width is the "
            f"weight.{cut}"
        )

    def part(self, whole: Relations) -> Relations:
        """Returns what is drawn: all, or the agents nearest to the first of each population."""
        usual, limit = (MOST_PLACED, whole.agents) if whole.placed else (MOST_LAID, LIMIT_LAID)
        most = min(self.most or usual, limit)
        if whole.agents <= most:
            return whole
        chosen = nearest(whole.agents, whole.source, whole.target, whole.population, most)
        return whole.among(chosen)

    def note(self, whole: Relations, part: Relations) -> str:
        """Says how much of the graph is shown."""
        if part.agents == whole.agents:
            return f"all {whole.agents:,} agents and {len(whole.relation):,} edges of replica 0"
        return (
            f"A part: {part.agents:,} of {whole.agents:,} agents, those nearest to the first of "
            f"each population, and {len(part.relation):,} of {len(whole.relation):,} edges"
        )

    def draw(self, source: Run) -> Plate:
        """Draws lines, arrows and agents, and says what each kind is."""
        whole = relations(source)
        part = self.part(whole)
        given = source.scenario.get("space") or {}
        box = float(given["box"]) if part.placed and given.get("periodic", True) and given else 0.0
        place = (
            part.position
            if part.placed
            else placed(part.agents, part.source, part.target, part.population)
        )
        with styled():
            note, told = self.note(whole, part), self.told(whole, part)
            figure = begin(source, (DOUBLE, PANEL), "Typed relations", told, note)
            axes = figure.subplots()
            point = frame(axes, place, box)
            lines = lines_of(part)
            room = np.ptp(place, 0).max() / part.agents**0.5 if part.placed else 1.0
            size = float(np.clip(0.55 * room / point, 2, LARGEST))
            draw_lines(axes, part, lines, place, box, point, size)
            draw_agents(axes, part, place, size)
            directed = [
                bool((~lines.both[lines.relation == k]).any()) for k in range(len(part.relations))
            ]
            figure.legend(
                handles=key(whole, part, directed), loc="outside right upper", handlelength=2.6
            )
        return figure


def frame(axes: Axes, place: np.ndarray, box: float) -> float:
    """Sets the limits, equal both ways, and returns the length of one point. [length / point]"""
    low, high = (np.zeros(2), np.full(2, box)) if box else bounds(place)
    half = 0.5 * float((high - low).max() or 1.0) * (1.0 if box else 1.06)
    x, y = (low + high) / 2
    axes.set(xlim=(x - half, x + half), ylim=(y - half, y + half), xticks=[], yticks=[])
    axes.set_aspect("equal")
    for spine in axes.spines.values():
        spine.set(visible=bool(box), color="0.7")
    return 2 * half / (72 * PANEL * 0.96)


def bounds(place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the lowest and the highest coordinates; zeros where there is none."""
    return (place.min(0), place.max(0)) if len(place) else (np.zeros(2), np.zeros(2))


def draw_lines(
    axes: Axes,
    part: Relations,
    lines: Lines,
    place: np.ndarray,
    box: float,
    point: float,
    size: float,
) -> None:
    """Draws each relation in its colour and dashes; heads where it holds one way only."""
    away = place[lines.target] - place[lines.source]
    if box:
        away = np.mod(away + box / 2, box) - box / 2
    length = np.linalg.norm(away, axis=1, keepdims=True)
    ahead = np.divide(away, length, out=np.zeros_like(away), where=length > 0)
    beside = (
        np.stack([-ahead[:, 1], ahead[:, 0]], 1) * (lines.aside * APART_POINTS * point)[:, None]
    )
    alpha = float(np.clip(30 / max(len(length), 1) ** 0.5, 0.25, 0.9))
    for number in range(len(part.relations)):
        own = lines.relation == number
        color, dashes = look(part, number)
        heads = own & ~lines.both & (length[:, 0] > 0)
        starts = [place[lines.source] + beside]
        if box:
            starts.append(place[lines.target] - away + beside)
        for start in starts:
            segments = np.stack([start[own], (start + away)[own]], 1)
            axes.add_collection(
                LineCollection(
                    list(segments),
                    colors=[color],
                    linewidths=widths(lines.weight[own]),
                    linestyles=[dashes],
                    alpha=alpha,
                    zorder=1,
                    rasterized=len(segments) > 5000,
                )
            )
            tip = start + away - ahead * size / 2 * point
            corners = pointed(tip[heads], ahead[heads], min(HEAD_POINTS, 0.8 * size) * point)
            axes.add_collection(
                PolyCollection(
                    list(corners), facecolors=[color], edgecolors="none", alpha=alpha, zorder=1.5
                )
            )
        loops = own & (lines.source == lines.target)
        axes.scatter(
            *(place[lines.source[loops]] + size * 0.6 * point).T,
            s=size**2,
            facecolors="none",
            edgecolors=[color],
            lw=0.8,
            zorder=1,
        )


def pointed(tip: np.ndarray, ahead: np.ndarray, length: float) -> np.ndarray:
    """Returns the corners of arrow heads with these tips."""
    turn = np.stack([ahead, np.stack([-ahead[:, 1], ahead[:, 0]], 1)], 1)
    return tip[:, None] + length * (HEAD @ turn)


def widths(weight: np.ndarray) -> np.ndarray:
    """Returns the width of each line: as its weight is to the largest; alike if all are."""
    strength = np.abs(np.nan_to_num(weight))
    most = strength.max(initial=0.0)
    if most == 0 or np.allclose(strength, most):
        return np.full(len(weight), 0.7)
    return THINNEST + (WIDEST - THINNEST) * strength / most


def look(part: Relations, relation: int) -> tuple[str, object]:
    """Returns the colour and dashes of a relation; the colours follow those of populations."""
    if len(part.relations) == 1:
        return QUIET, "-"
    return CYCLE[(len(part.populations) + relation) % len(CYCLE)], DASHES[relation % len(DASHES)]


def draw_agents(axes: Axes, part: Relations, place: np.ndarray, size: float) -> None:
    """Draws each population in its colour and shape; few agents are named."""
    for number in range(len(part.populations)):
        own = part.population == number
        axes.scatter(
            *place[own].T,
            s=size**2,
            c=CYCLE[number % len(CYCLE)],
            marker=MARKERS[number % len(MARKERS)],
            lw=0.4,
            edgecolors="white",
            zorder=2,
        )
    if part.agents <= MOST_NAMED:
        of = [part.populations[number] for number in part.population]
        for (x, y), label, name in zip(place, part.label, of, strict=True):
            axes.annotate(
                plain(label.removeprefix(f"{name} ")),
                (x, y),
                ha="center",
                va="center",
                fontsize=5.5,
                color="white",
                zorder=3,
            )


def key(whole: Relations, part: Relations, directed: list[bool]) -> list[Line2D]:
    """Returns the legend: populations and relations, with how many there are of each."""
    agents = np.bincount(whole.population, minlength=len(whole.populations))
    edges = np.bincount(whole.relation, minlength=len(whole.relations))
    entries = [
        Line2D(
            [],
            [],
            ls="",
            marker=MARKERS[k % len(MARKERS)],
            color=CYCLE[k % len(CYCLE)],
            markersize=5,
            label=plain(f"{words(name)}: {agents[k]:,}"),
        )
        for k, name in enumerate(whole.populations)
    ]
    for k, name in enumerate(whole.relations):
        color, dashes = look(part, k)
        entries.append(
            Line2D(
                [],
                [],
                color=color,
                ls=dashes,
                lw=1.2,
                marker=">" if directed[k] else "",  # type: ignore[arg-type]
                markersize=3.5,
                label=plain(f"{words(name)} ({words(whole.types[k])}): {edges[k]:,}"),
            )
        )
    return entries
