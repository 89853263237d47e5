"""The morphology of one agent's weights: layers of nodes, weights drawn by strength."""

from dataclasses import dataclass
from math import log
from typing import Annotated, ClassVar, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from pydantic import Field

from netware.analysis.figures.base import AbstractFigure, begin
from netware.analysis.layers import Chain, chain_of, layered
from netware.analysis.style import (
    DOUBLE,
    INK,
    NEGATIVE,
    POSITIVE,
    QUIET,
    Plate,
    plain,
    styled,
    words,
)
from netware.record.reader import Run


MOST_NODES = 40
FAINTEST = 0.04
WIDEST = 2.4
UNCROWDED = 300
ARC_POINTS, ARC_WIDTH = 16, 0.16
NODE_AREA = 12.0
LARGEST = 9.0


@dataclass(frozen=True)
class Morphology(AbstractFigure[Run]):
    """Draws an agent's network as layers of nodes, from input on the left to output on the right.

    Lines are weights: blue positive, vermilion negative, width and opacity by |w| relative to the
    strongest weight of its layer. The area of a node is its connectivity c times n^2, which is 1
    in a homogeneous layer of n nodes. A URN is unrolled into its iterations, and shows the
    neurons through which weights lead from inputs to outputs.

    Args:
        population: Population of the agent; the first with layers if none is given.
        agent: Agent within its replica. [1]
        replica: Replica. [1]
        order: `connectivity` puts the nodes of hidden layers with the strongest in the middle
            (their order means nothing, and channels show); `given` leaves them.

    Source: de Jong, Meigel and Rulands (2025), arXiv:2501.05550, figure 4a.
    Departs from it: nodes are ordered by connectivity.
    """

    population: str = ""
    agent: Annotated[int, Field(ge=0)] = 0
    replica: Annotated[int, Field(ge=0)] = 0
    order: Literal["connectivity", "given"] = "connectivity"

    rank: ClassVar[int] = 20

    def applies(self, source: Run) -> bool:
        """Tells whether a checkpoint holds weights in layers."""
        return bool(layered(source))

    def chosen(self, source: Run) -> str:
        """Returns the population to draw."""
        return self.population or next(iter(layered(source)), next(iter(source.populations)))

    def caption(self, source: Run) -> str:
        """Says what lines and nodes are."""
        return (
            f"Weights of agent {self.agent} of '{self.chosen(source)}' at the last checkpoint. "
            "Lines: weights, blue positive, vermilion negative, width by |w| relative to the "
            "strongest of its layer. Nodes: area by connectivity c. Below: entropy S of the "
            "connectivities of each layer (dashed: ln n, that of a homogeneous layer)."
        )

    def draw(self, source: Run) -> Plate:
        """Draws the network, and below it the entropy of each layer."""
        name = self.chosen(source)
        chain = chain_of(source, name, self.agent, self.replica)
        title = f"{words(name)}: weights of agent {self.agent}"
        with styled():
            figure = begin(
                source,
                (DOUBLE, 3.5),
                title,
                self.caption(source),
                f"replica {self.replica}, last checkpoint",
            )
            top, below = figure.subplots(2, 1, height_ratios=[5, 1], sharex=True)
            top.set_title(plain(title))
            draw_network(top, chain, self.order)
            draw_entropy(below, chain)
        return figure


def draw_network(axes: Axes, chain: Chain, order: str) -> None:
    """Draws nodes and weights; neurons with links inside their layer stay in their groups."""
    strengths = chain.connectivity()
    sort = order == "connectivity" and not chain.links
    shown = [drawn(c) for c in strengths]
    heights = [
        placed(c[kept], sort and 0 < layer < len(strengths) - 1, reference(chain))
        for layer, (c, kept) in enumerate(zip(strengths, shown, strict=True))
    ]
    for layer, matrix in enumerate(chain.matrices):
        part = matrix[np.ix_(shown[layer], shown[layer + 1])]
        lines = weight_lines(part, layer, heights[layer], heights[layer + 1])
        if lines is not None:
            axes.add_collection(lines)
    for layer, matrix in enumerate(chain.links):
        arcs = link_arcs(matrix[np.ix_(shown[layer], shown[layer])], layer, heights[layer])
        if arcs is not None:
            axes.add_collection(arcs)
    for layer, (c, kept, height) in enumerate(zip(strengths, shown, heights, strict=True)):
        area = NODE_AREA * np.clip(c[kept] * len(c) ** 2, 0.08, LARGEST)
        area = area * min(1.0, (reference(chain) / max(len(kept), 1)))
        axes.scatter(
            np.full(len(kept), layer), height, s=area, color=INK, lw=0.4, ec="white", zorder=3
        )
        if len(kept) < len(c):
            axes.annotate(
                f"+ {len(c) - len(kept)} weaker",
                (layer, height.max()),
                xytext=(0, 5),
                textcoords="offset points",
                ha="center",
                fontsize=5.5,
                color=QUIET,
            )
    axes.set_xlim(-0.35, len(strengths) - 0.65)
    axes.set_ylim(-0.56, 0.58)
    axes.axis("off")
    draw_key(axes)


def reference(chain: Chain) -> int:
    """Returns the number of nodes that fills the height."""
    return min(MOST_NODES, max(2, *chain.widths[1:-1], min(chain.widths[0], 12)))


def drawn(c: np.ndarray) -> np.ndarray:
    """Returns which nodes of a layer are drawn: all, or the strongest if there are many."""
    return np.sort(np.argsort(-c, kind="stable")[:MOST_NODES])


def placed(c: np.ndarray, by_strength: bool, reference: int) -> np.ndarray:
    """Returns the heights of a layer's nodes, from -0.5 to 0.5; the strongest may go inwards."""
    count = len(c)
    span = min(1.0, (count - 1) / (reference - 1)) ** 0.6
    places = (np.arange(count) / max(count - 1, 1) - 0.5) * span if count > 1 else np.zeros(1)
    if not by_strength:
        return -places
    inwards = np.argsort(np.abs(places), kind="stable")
    heights = np.empty(count)
    heights[np.argsort(-c, kind="stable")] = places[inwards]
    return heights


def weight_lines(
    matrix: np.ndarray, layer: int, left: np.ndarray, right: np.ndarray
) -> LineCollection | None:
    """Returns the weights between two layers as straight lines."""
    rows, columns, strength = strongest_last(matrix)
    if not len(strength):
        return None
    ends = np.empty((len(rows), 2, 2))
    ends[:, 0] = np.stack([np.full(len(rows), float(layer)), left[rows]], -1)
    ends[:, 1] = np.stack([np.full(len(rows), layer + 1.0), right[columns]], -1)
    return inked(ends, matrix[rows, columns] > 0, strength)


def link_arcs(matrix: np.ndarray, layer: int, heights: np.ndarray) -> LineCollection | None:
    """Returns the links inside a layer as arcs that swing out to the right."""
    rows, columns, strength = strongest_last(matrix)
    if not len(strength):
        return None
    turn = np.linspace(0, np.pi, ARC_POINTS)
    first, last = heights[rows][:, None], heights[columns][:, None]
    across = layer + ARC_WIDTH * np.sin(turn) * np.ones_like(first)
    up = (first + last) / 2 + (first - last) / 2 * np.cos(turn)
    return inked(np.stack([across, up], -1), matrix[rows, columns] > 0, strength)


def strongest_last(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns rows, columns and |w| / max |w| of the weights that show, the strongest last."""
    size = np.abs(matrix)
    strength = size / (size.max(initial=0.0) or 1.0)
    rows, columns = np.nonzero(strength > FAINTEST)
    order = np.argsort(strength[rows, columns], kind="stable")
    rows, columns = rows[order], columns[order]
    return rows, columns, strength[rows, columns]


def inked(lines: np.ndarray, positive: np.ndarray, strength: np.ndarray) -> LineCollection:
    """Returns lines in the colour of their sign, wider and more opaque the stronger."""
    crowd = min(1.0, (UNCROWDED / len(lines)) ** 0.5)
    colors = np.where(positive[:, None], to_rgba(POSITIVE), to_rgba(NEGATIVE))
    colors[:, 3] = 0.9 * strength ** (1 / crowd)
    widths = 0.25 + (WIDEST - 0.25) * crowd * strength**1.5
    return LineCollection(list(lines), colors=colors, linewidths=widths, zorder=1)


def draw_key(axes: Axes) -> None:
    """Writes what the colours are."""
    for place, (text, color) in enumerate((("positive", POSITIVE), ("negative", NEGATIVE))):
        axes.annotate(
            text,
            (1, 1),
            xycoords="axes fraction",
            xytext=(-34 * (1 - place), 4),
            textcoords="offset points",
            ha="right",
            va="bottom",
            fontsize=6.5,
            color=color,
        )


def draw_entropy(axes: Axes, chain: Chain) -> None:
    """Draws S of each hidden layer, and ln n, which it has where all nodes are alike."""
    hidden = np.arange(len(chain.widths))[1:-1]
    most = [log(n) if n else 0.0 for n in chain.widths[1:-1]]
    axes.plot(hidden, most, color="0.6", lw=0.8, ls=(0, (3, 2)), marker="_", label="ln n")
    axes.plot(hidden, chain.entropy()[1:-1], color=INK, marker="o", ms=3, label="entropy")
    axes.set_ylim(0, 1.2 * max([*most, 0.1]))
    axes.set_ylabel("entropy\nS [nat]")
    counted = zip(chain.names, chain.widths, strict=True)
    labels = [f"{plain(name)}\nn = {width}" for name, width in counted]
    axes.set_xticks(range(len(chain.widths)), labels)
    axes.tick_params(axis="x", length=0)
    axes.spines["bottom"].set_visible(False)
