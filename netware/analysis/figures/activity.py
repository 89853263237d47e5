"""Which neurons of a URN are active at which iteration."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, PowerNorm
from pydantic import Field

from netware.analysis.figures.base import AbstractFigure, begin
from netware.analysis.style import BLUE, INK, SINGLE, Plate, plain, styled, words
from netware.errors import StoreError
from netware.models.layers.synapses import Recursion
from netware.record.reader import Run
from netware.record.tables import chosen, rows_where
from netware.scenario.checks.suggest import did_you_mean, listed


KIND, QUANTITY = "neuron_activity", "activity"
HEIGHT = 3.4
POWER = 0.5
CLOSEST = 0.045


@dataclass(frozen=True)
class Block:
    """Neurons that are first active at the same iteration.

    Args:
        name: What they are called.
        neurons: Their numbers, the most active first.
    """

    name: str
    neurons: np.ndarray


@dataclass(frozen=True)
class Activity(AbstractFigure[Run]):
    """Draws the mean activity of each active neuron of a URN, iteration by iteration.

    Rows are neurons, sorted by the iteration at which they are first active, silent ones left out;
    columns are iterations. A feedforward network shows as a staircase: each neuron is active at
    one iteration alone.

    Args:
        probe: Name of a probe `neuron_activity`; the first if none is given.
        agent: Agent within its replica. [1]
        replica: Replica. [1]

    Source: Golkar (2019), arXiv:1911.11691, figure 3 (left) and figure 4 (left).
    Departs from it: inputs come first and outputs last, whatever their activity.
    """

    probe: str = ""
    agent: Annotated[int, Field(ge=0)] = 0
    replica: Annotated[int, Field(ge=0)] = 0

    rank: ClassVar[int] = 25

    def applies(self, source: Run) -> bool:
        """Tells whether activities of neurons were measured, and which they are is known."""
        known = source.all_connections
        return any(population_of(source, probe) in known for probe in measured(source))

    def chosen(self, source: Run) -> str:
        """Returns the probe to draw."""
        known = measured(source)
        if not known or (self.probe and self.probe not in known):
            raise StoreError(
                f"{source.path}: metrics",
                found=f"no probe '{self.probe}' of neurons{did_you_mean(self.probe, known)}"
                if self.probe
                else "no activities of neurons",
                expected=listed(known) if known else "a probe of type neuron_activity",
                fix="write one of these"
                if known
                else "give a URN 'probes: {seen: {type: neuron_activity, ...}}' and run it again",
            )
        return self.probe or known[0]

    def caption(self, source: Run) -> str:
        """Says what rows and columns are."""
        return (
            f"Mean activity of the neurons of agent {self.agent} of "
            f"'{population_of(source, self.chosen(source))}' after each iteration. Rows: neurons, "
            "sorted by the iteration at which they are first active; silent ones are left out."
        )

    def draw(self, source: Run) -> Plate:
        """Draws one row a neuron."""
        probe = self.chosen(source)
        name = population_of(source, probe)
        values = activities(source, probe, self.agent, self.replica)
        recursion = source.connections(name).recursion
        assert recursion is not None
        blocks = by_first_activity(values, recursion)
        title = f"{words(name)}: activity of agent {self.agent}"
        with styled():
            figure = begin(source, (SINGLE, HEIGHT), title, self.caption(source))
            axes = figure.subplots()
            axes.set_title(plain(title))
            draw_activities(figure, axes, values, blocks)
        return figure


def measured(run: Run) -> list[str]:
    """Names the probes that measured activities of neurons."""
    probes = run.scenario.get("probes") or {}
    kinds = {name: each.get("type") for name, each in probes.items() if isinstance(each, dict)}
    seen = set(run.metrics["probe"])
    return [str(name) for name, kind in kinds.items() if kind == KIND and name in seen]


def population_of(run: Run, probe: str) -> str:
    """Returns the population that a probe measured."""
    return str(run.scenario["probes"][probe]["on"])


def activities(run: Run, probe: str, agent: int, replica: int) -> np.ndarray:
    """Returns the last activities of one agent `[iterations + 1, neurons]`."""
    rows = chosen(run.metrics, probe, QUANTITY)
    rows = rows_where(rows, (rows["agent"] == agent) & (rows["replica"] == replica))
    if rows.empty:
        raise run.out_of_range(population_of(run, probe), "agent", agent, agents_in(run, probe))
    last = rows_where(rows, rows["step"] == rows["step"].max())
    table = last.pivot_table(index="iteration", columns="unit", values="value", aggfunc="last")
    return table.to_numpy()


def agents_in(run: Run, probe: str) -> int:
    """Returns the agents of the population that a probe measured."""
    return int(run.population(population_of(run, probe))["agents"])


def by_first_activity(values: np.ndarray, recursion: Recursion) -> list[Block]:
    """Sorts neurons into blocks: inputs, those first active at iteration 1, 2, ..., outputs."""
    inputs, outputs = recursion.inputs, recursion.outputs
    iterations, neurons = values.shape[0] - 1, values.shape[1]
    first = (values[1:] > 0).argmax(0) + 1
    place = np.arange(neurons)
    between = (place >= inputs) & (place < neurons - outputs) & (values[1:] > 0).any(0)
    blocks = [Block("input", place[:inputs])]
    for iteration in range(1, iterations + 1):
        own = place[between & (first == iteration)]
        order = np.argsort(-values[iteration, own], kind="stable")
        blocks.append(Block(f"from {iteration}", own[order]))
    blocks.append(Block("output", place[neurons - outputs :]))
    return [block for block in blocks if len(block.neurons)]


def draw_activities(figure: Plate, axes: Axes, values: np.ndarray, blocks: list[Block]) -> None:
    """Draws the activities in blue, the darker the more active, and the blocks' borders."""
    order = np.concatenate([block.neurons for block in blocks])
    shown = values[:, order].T
    most = float(shown.max()) or 1.0
    shades = LinearSegmentedColormap.from_list("activity", ["#FFFFFF", "#A9D3EC", BLUE, "#00304F"])
    image = axes.imshow(
        shown,
        cmap=shades,
        norm=PowerNorm(POWER, 0, most),
        aspect="auto",
        interpolation="nearest",
        extent=(-0.5, shown.shape[1] - 0.5, len(order), 0),
    )
    edges = np.cumsum([0, *(len(block.neurons) for block in blocks)])
    for edge in edges[1:-1]:
        axes.axhline(edge, color="0.75", lw=0.5)
    for between in range(1, shown.shape[1]):
        axes.axvline(between - 0.5, color="0.9", lw=0.4)
    for spine in axes.spines.values():
        spine.set_visible(True)
    labels = [f"{plain(block.name)}  {len(block.neurons)}" for block in blocks]
    axes.set_yticks(apart((edges[:-1] + edges[1:]) / 2, CLOSEST * len(order)), labels)
    axes.tick_params(axis="y", length=0)
    axes.set_xticks(range(shown.shape[1]))
    axes.set_xlabel("iteration")
    axes.set_ylabel(f"{len(order)} of {values.shape[1]} neurons")
    bar = figure.colorbar(image, ax=axes, pad=0.02, aspect=30)
    bar.set_label("mean activity", color=INK)
    bar.outline.set_linewidth(0.4)  # type: ignore[operator]
    bar.set_ticks([0.0, most], labels=["0", f"{most:.2g}"])
    bar.ax.minorticks_off()


def apart(places: np.ndarray, gap: float) -> np.ndarray:
    """Moves labels of thin blocks down, so that none lies on the one above it, then back up."""
    moved = places.astype(float).copy()
    for at in range(1, len(moved)):
        moved[at] = max(moved[at], moved[at - 1] + gap)
    bottom = max(float(places[-1]), (len(moved) - 1) * gap)
    for at in range(len(moved) - 1, -1, -1):
        limit = bottom if at == len(moved) - 1 else moved[at + 1] - gap
        moved[at] = min(moved[at], limit)
    return moved
