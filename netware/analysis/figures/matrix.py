"""A weight matrix, sorted so that its structure shows."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize, SymLogNorm
from pydantic import Field

from netware.analysis.figures.base import AbstractFigure, begin
from netware.analysis.layers import chain_of, matrix_in
from netware.analysis.style import INK, SINGLE, Plate, plain, signed, styled, words
from netware.errors import StoreError
from netware.record.reader import Run
from netware.scenario.checks.suggest import listed


LINEAR = 0.02
TALLEST = 4.6
LARGE = 16


@dataclass(frozen=True)
class Sorted:
    """A matrix in a new order.

    Args:
        values: The matrix.
        edges: Where one block of rows and columns ends and the next begins.
        names: What the blocks are called.
    """

    values: np.ndarray
    edges: tuple[int, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matrix(AbstractFigure[Run]):
    """Draws one agent's weight matrix, senders down and receivers across, sorted.

    The neurons of a URN are sorted by the iteration at which they matter, those that matter
    nowhere are left out: layers show as blocks next to the diagonal. Other square matrices are
    sorted by their leading singular vectors, matrices between two layers by strength.

    Args:
        population: Population of the agent; the first with a matrix if none is given.
        agent: Agent within its replica. [1]
        replica: Replica. [1]
        weight: Name of the weight; the largest matrix if none is given.

    Source: Golkar (2019), arXiv:1911.11691, figure 3.
    Departs from it: neurons that matter nowhere are left out, and colours are logarithmic.
    """

    population: str = ""
    agent: Annotated[int, Field(ge=0)] = 0
    replica: Annotated[int, Field(ge=0)] = 0
    weight: str = ""

    rank: ClassVar[int] = 30

    def applies(self, source: Run) -> bool:
        """Tells whether a checkpoint holds a matrix that is large enough to have a structure."""
        return any(
            min(one.sizes()) >= LARGE
            for name in with_matrix(source)
            for one in source.connections(name).synapses
        )

    def chosen(self, source: Run) -> str:
        """Returns the population to draw."""
        return self.population or next(iter(with_matrix(source)), next(iter(source.populations)))

    def caption(self, source: Run) -> str:
        """Says how the matrix is sorted."""
        name = self.chosen(source)
        how = "neurons sorted by strength"
        if source.connections(name).recursion is not None:
            how = "the neurons that matter, sorted by iteration"
        return (
            f"Weight matrix of agent {self.agent} of '{name}' at the last checkpoint, {how}; "
            "rows send, columns receive; blue positive, vermilion negative, "
            "logarithmic beyond a fiftieth of the largest where most weights are near zero."
        )

    def draw(self, source: Run) -> Plate:
        """Draws the matrix."""
        name = self.chosen(source)
        weight, ordered = self.ordered(source, name)
        title = f"{words(name)}: weights {weight} of agent {self.agent}"
        rows, columns = ordered.values.shape
        height = float(np.clip((SINGLE - 0.6) * rows / columns + 0.5, 1.5, TALLEST))
        with styled():
            figure = begin(source, (SINGLE + 0.3, height), title, self.caption(source))
            axes = figure.subplots()
            axes.set_title(plain(title))
            draw_matrix(figure, axes, ordered)
        return figure

    def ordered(self, source: Run, name: str) -> tuple[str, Sorted]:
        """Returns the name of the matrix and the matrix, sorted."""
        weights, joined = source.weights(name, self.agent, self.replica), source.connections(name)
        matrices = {one.weight: one for one in joined.synapses if min(one.sizes()) > 1}
        if not matrices or (self.weight and self.weight not in matrices):
            raise StoreError(
                f"{source.path}: populations.{name}.weights",
                found=f"no matrix '{self.weight}'" if self.weight else "no matrix",
                expected=listed(matrices),
                fix="write one of these" if matrices else "name another population",
            )
        weight = self.weight or max(matrices, key=lambda key: weights[key].size)
        matrix = matrix_in(matrices[weight], weights)
        if joined.recursion is not None and weight == joined.recursion.weight:
            return weight, by_iteration(source, name, self.agent, self.replica, matrix)
        return weight, by_strength(matrix)


def with_matrix(run: Run) -> list[str]:
    """Names the populations whose agents have a matrix between units."""
    return [
        name
        for name, joined in run.all_connections.items()
        if any(min(one.sizes()) > 1 for one in joined.synapses)
    ]


def by_iteration(run: Run, name: str, agent: int, replica: int, w: np.ndarray) -> Sorted:
    """Sorts a URN's neurons by the first iteration at which they matter; outputs come last."""
    chain = chain_of(run, name, agent, replica)
    taken: set[int] = set(map(int, chain.nodes[-1]))
    blocks: list[tuple[str, list[int]]] = []
    for label, nodes in zip(chain.names[:-1], chain.nodes[:-1], strict=True):
        new = [int(node) for node in nodes if int(node) not in taken]
        taken |= set(new)
        if new:
            blocks.append((label, new))
    blocks.append((chain.names[-1], [int(node) for node in chain.nodes[-1]]))
    order = [node for _, nodes in blocks for node in nodes]
    edges = tuple(int(edge) for edge in np.cumsum([0, *(len(nodes) for _, nodes in blocks)]))
    return Sorted(w[np.ix_(order, order)], edges, tuple(label for label, _ in blocks))


def by_strength(matrix: np.ndarray) -> Sorted:
    """Sorts rows and columns by the leading singular vectors of |W|, the strongest first."""
    left, _, right = np.linalg.svd(np.abs(matrix), full_matrices=False)
    rows = np.argsort(-np.abs(left[:, 0]), kind="stable")
    columns = np.argsort(-np.abs(right[0]), kind="stable")
    return Sorted(matrix[np.ix_(rows, columns)])


def draw_matrix(figure: Plate, axes: Axes, ordered: Sorted) -> None:
    """Draws the values in colour, the blocks' borders, and a colour bar."""
    values = ordered.values
    most = float(np.abs(values).max()) or 1.0
    if np.median(np.abs(values)) < LINEAR * most:
        norm = SymLogNorm(linthresh=LINEAR * most, vmin=-most, vmax=most, base=10)
    else:
        norm = Normalize(-most, most)
    rows, columns = values.shape
    image = axes.imshow(
        values, cmap=signed(), norm=norm, extent=(0, columns, rows, 0), aspect="auto"
    )
    for edge in ordered.edges[1:-1]:
        axes.axhline(edge, color="0.75", lw=0.5)
        axes.axvline(edge, color="0.75", lw=0.5)
    for spine in axes.spines.values():
        spine.set_visible(True)
    if ordered.edges:
        middle = (np.array(ordered.edges[:-1]) + np.array(ordered.edges[1:])) / 2
        labels = [plain(name) for name in ordered.names]
        axes.set_xticks(middle, labels, rotation=35, ha="right", rotation_mode="anchor")
        axes.set_yticks(middle, labels)
        axes.tick_params(length=0)
    else:
        axes.set_xticks([])
        axes.set_yticks([])
    axes.set_xlabel(f"receiver (n = {columns})")
    axes.set_ylabel(f"sender (n = {rows})")
    bar = figure.colorbar(image, ax=axes, pad=0.02, aspect=30)
    bar.set_label("weight", color=INK)
    bar.outline.set_linewidth(0.4)  # type: ignore[operator]
    ticks = [-most, 0.0, most]
    bar.set_ticks(ticks, labels=[f"{tick:.2g}".replace("-", "−") for tick in ticks])  # noqa: RUF001
    bar.ax.minorticks_off()
