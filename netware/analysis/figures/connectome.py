"""The connectome of a URN: which way each weight leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, ClassVar

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from pydantic import Field

from netware.analysis.figures.base import AbstractFigure, begin
from netware.analysis.layers import RELEVANT, chain_of
from netware.analysis.style import BLACK, DOUBLE, GREEN, INK, VERMILION, Plate, plain, styled, words
from netware.errors import StoreError
from netware.models.layers.geometry import sites
from netware.record.reader import Run


DIRECTIONS = (("forward", VERMILION, 1), ("lateral", BLACK, 0), ("backward", GREEN, -1))
MOST_LINES = 6000
UNCROWDED = 400
FAINTEST, WIDEST = 0.02, 1.6
SHEAR, RISE, GAP = 0.42, 0.34, 1.0
ARC_POINTS, ARC_WIDTH = 12, 0.22


@dataclass(frozen=True)
class Wiring:
    """The neurons that matter, where each is drawn, and the weights between them.

    Args:
        place: Where each neuron stands on the page `[neurons, 2]`.
        level: Its plane or layer, from the inputs at 0. [1]
        w: Weights, senders by receivers; zero where a weight does not matter.
        names: What the levels are called.
        planes: Whether levels are planes of a lattice.
    """

    place: np.ndarray
    level: np.ndarray
    w: np.ndarray
    names: tuple[str, ...]
    planes: bool

    def shares(self) -> dict[str, float]:
        """Returns the share of sum |w| that leads in each direction."""
        size = np.abs(self.w)
        whole = float(size.sum()) or 1.0
        rise = np.sign(self.level[None, :] - self.level[:, None])
        return {name: float(size[rise == sign].sum()) / whole for name, _, sign in DIRECTIONS}


@dataclass(frozen=True)
class Connectome(AbstractFigure[Run]):
    """Draws the weights of a URN by the direction in which they lead.

    Forward weights, away from the inputs, are vermilion, backward ones green, lateral ones black;
    width and opacity go by |w|. Neurons with a `cube` stand at their sites, plane after plane from
    the inputs at the left; others in the layer of the first iteration at which they matter.
    Weights between neurons that do not matter are left out.

    Args:
        population: Population of the agent; the first of URNs if none is given, one with a
            `cube` before others.
        agent: Agent within its replica. [1]
        replica: Replica. [1]

    Source: Golkar (2019), arXiv:1911.11691, figure 6.
    Departs from it: a lattice is seen from the side, not in perspective; weights that lead from no
    input to any output are left out.
    """

    population: str = ""
    agent: Annotated[int, Field(ge=0)] = 0
    replica: Annotated[int, Field(ge=0)] = 0

    rank: ClassVar[int] = 22

    def applies(self, source: Run) -> bool:
        """Tells whether a checkpoint holds the weights of a URN."""
        return bool(source.checkpoints and urns(source))

    def chosen(self, source: Run) -> str:
        """Returns the population to draw."""
        known = urns(source)
        if not known or (self.population and self.population not in known):
            raise StoreError(
                f"{source.path}: populations.{self.population or '*'}",
                found="no URN",
                expected=", ".join(known) or "a population with 'model: {type: urn, ...}'",
                fix="plot 'morphology' instead",
            )
        return self.population or known[0]

    def caption(self, source: Run) -> str:
        """Says what colours are."""
        return (
            f"Weights of agent {self.agent} of '{self.chosen(source)}' at the last checkpoint: "
            "vermilion forward, black lateral, green backward, width by |w|."
        )

    def draw(self, source: Run) -> Plate:
        """Draws neurons and weights."""
        name = self.chosen(source)
        wiring = wired(source, name, self.agent, self.replica)
        title = f"{words(name)}: connectome of agent {self.agent}"
        note = f"replica {self.replica}, last checkpoint"
        with styled():
            figure = begin(source, (DOUBLE, 3.2), title, self.caption(source), note)
            axes = figure.subplots()
            axes.set_title(plain(title))
            draw_wiring(axes, wiring)
        return figure


def urns(run: Run) -> list[str]:
    """Names the populations of recursions, those in space first."""
    found = {name: each.recursion for name, each in run.all_connections.items() if each.recursion}
    return sorted(found, key=lambda name: found[name].cube is None)


def wired(run: Run, population: str, agent: int, replica: int) -> Wiring:
    """Returns the neurons and weights that matter, and where to draw them."""
    chain = chain_of(run, population, agent, replica)
    recursion = run.connections(population).recursion
    assert recursion is not None
    w = run.weights(population, agent, replica)[recursion.weight]
    matters = np.zeros(w.shape, dtype=bool)
    for rows, columns in pairwise(chain.nodes):
        matters[np.ix_(rows, columns)] = True
    w = np.where(matters & (np.abs(w) > RELEVANT), w, 0.0)
    if recursion.cube is not None:
        like = torch.zeros((), dtype=torch.float64)
        site = sites(recursion.cube, recursion.outputs, like).numpy()
        names = tuple(f"z = {z}" for z in range(recursion.cube[2]))
        return Wiring(oblique(site, recursion.cube), site[:, 2].astype(int), w, names, True)
    level = np.full(len(w), -1)
    for at, nodes in reversed(list(enumerate(chain.nodes))):
        level[nodes] = at
    level[chain.nodes[-1]] = len(chain.nodes) - 1
    here = np.flatnonzero(level >= 0)
    level = level[here]
    kept = w[np.ix_(here, here)]
    return Wiring(stacked(level, kept), level, kept, chain.names, False)


def oblique(site: np.ndarray, cube: tuple[int, int, int]) -> np.ndarray:
    """Returns places on the page: planes side by side, each seen from the side."""
    width, depth = max(cube[0] - 1, 1), max(cube[1] - 1, 1)
    x, y = site[:, 0] / width, site[:, 1] / depth
    return np.stack([GAP * site[:, 2] + SHEAR * x, -y + RISE * x], -1)


def stacked(level: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Returns places on the page: a column a layer, the strongest neurons in its middle."""
    strength = np.abs(w).sum(0) + np.abs(w).sum(1)
    place = np.stack([GAP * level, np.zeros(len(level))], -1).astype(float)
    tallest = max(int(np.bincount(level).max()) if len(level) else 1, 2)
    for layer in np.unique(level):
        own = np.flatnonzero(level == layer)
        own = own[np.argsort(-strength[own], kind="stable")]
        heights = (np.arange(len(own)) - (len(own) - 1) / 2) / (tallest - 1)
        place[own, 1] = heights[np.argsort(np.abs(heights), kind="stable")]
    return place


def draw_wiring(axes: Axes, wiring: Wiring) -> None:
    """Draws weights, neurons, and a key with the share of each direction."""
    rows, columns = np.nonzero(wiring.w)
    size = np.abs(wiring.w[rows, columns])
    order = np.argsort(size, kind="stable")[-MOST_LINES:]
    rows, columns, size = rows[order], columns[order], size[order]
    strength = size / (size.max(initial=0.0) or 1.0)
    rise = np.sign(wiring.level[columns] - wiring.level[rows])
    for name, color, sign in DIRECTIONS:
        own = rise == sign
        if own.any():
            ends = lines(wiring, rows[own], columns[own])
            axes.add_collection(inked(ends, strength[own], len(size), color, name))
    used = np.unique(np.concatenate([rows, columns])) if len(rows) else np.arange(0)
    idle = np.setdiff1d(np.arange(len(wiring.level)), used)
    axes.scatter(*wiring.place[idle].T, s=1.0, color="0.85", lw=0, zorder=0)
    axes.scatter(*wiring.place[used].T, s=5.0, color=INK, lw=0.3, ec="white", zorder=3)
    draw_names(axes, wiring)
    draw_key(axes, wiring.shares())
    axes.autoscale_view()
    axes.margins(0.02)
    axes.axis("off")


def lines(wiring: Wiring, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Returns the line of each weight: straight, or an arc between neurons of one layer."""
    start, end = wiring.place[rows], wiring.place[columns]
    if wiring.planes:
        return np.stack([start, end], 1)
    turn = np.linspace(0, np.pi, ARC_POINTS)
    same = (wiring.level[rows] == wiring.level[columns])[:, None]
    share = (1 - np.cos(turn)) / 2
    across = start[:, :1] + (end - start)[:, :1] * share + ARC_WIDTH * np.sin(turn) * same
    up = start[:, 1:] + (end - start)[:, 1:] * share
    return np.stack([across, up], -1)


def inked(
    ends: np.ndarray, strength: np.ndarray, crowd: int, color: str, name: str
) -> LineCollection:
    """Returns lines in one colour, wider and more opaque the stronger."""
    thin = min(1.0, (UNCROWDED / crowd) ** 0.5)
    colors = np.tile(np.array(to_rgba(color)), (len(ends), 1))
    colors[:, 3] = np.clip(0.9 * strength ** (0.5 / max(thin, 0.3)), FAINTEST, 0.9)
    widths = 0.3 + (WIDEST - 0.3) * thin * strength
    return LineCollection(list(ends), colors=colors, linewidths=widths, zorder=1, label=name)


def draw_names(axes: Axes, wiring: Wiring) -> None:
    """Writes below each level what it is, and how many of its neurons matter."""
    touched = (wiring.w != 0).any(0) | (wiring.w != 0).any(1)
    bottom = float(wiring.place[:, 1].min()) if len(wiring.place) else 0.0
    for level, name in enumerate(wiring.names):
        count = int((touched & (wiring.level == level)).sum())
        axes.annotate(
            f"{plain(name)}\nn = {count}",
            (GAP * level + (SHEAR / 2 if wiring.planes else 0), bottom),
            xytext=(0, -5),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=6.5,
        )


def draw_key(axes: Axes, shares: Mapping[str, float]) -> None:
    """Writes each direction in its colour, with its share of sum |w|."""
    for at, (name, color, _) in enumerate(DIRECTIONS):
        axes.annotate(
            f"{name} {100 * shares[name]:.0f} %",
            (1, 1),
            xycoords="axes fraction",
            xytext=(-62 * (len(DIRECTIONS) - 1 - at), 4),
            textcoords="offset points",
            ha="right",
            va="bottom",
            fontsize=6.5,
            color=color,
        )
