"""The contract of a figure, and the drawing that figures share."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Generic, Literal, TypeVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.text import Annotation
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from netware.analysis.statistics import Curve
from netware.analysis.style import Plate, Provenance, plate, words
from netware.record.reader import Run
from netware.record.sweep_reader import Sweep


Source = TypeVar("Source", Run, Sweep)
DECADES = 100
LINE_POINTS = 7.8
MANY_POINTS = 300
DARKEST = 0.30


class AbstractFigure(ABC, Generic[Source]):
    """Something that draws a run or a sweep.

    A figure is a frozen dataclass whose fields are its options. It is the class of its file's
    name; the file's name is what `netware plot` calls it.
    """

    of: ClassVar[Literal["run", "sweep"]] = "run"
    rank: ClassVar[int] = 50
    lacks: ClassVar[tuple[str, str] | None] = None
    """What is missing where it does not apply, and what to do; None if drawing says so itself."""
    """Where it stands among the figures of a run: the one that explains most comes first."""

    @abstractmethod
    def applies(self, source: Source) -> bool:
        """Tells whether what this figure draws was recorded."""

    @abstractmethod
    def caption(self, source: Source) -> str:
        """Returns what the figure shows, in a sentence or two for the reader."""

    @abstractmethod
    def draw(self, source: Source) -> Plate:
        """Draws it."""


def begin(
    source: Run | Sweep, size: tuple[float, float], title: str, caption: str, note: str = ""
) -> Plate:
    """Makes an empty figure of a size [in] that knows which run it shows."""
    run = source if isinstance(source, Run) else source.runs[0]
    return plate(
        *size,
        Provenance(
            run=source.name,
            version=run.version,
            commit=run.commit,
            seed=run.seed,
            title=title,
            caption=caption,
        ),
        note,
    )


def spans_decades(values: np.ndarray) -> bool:
    """Tells whether a logarithmic axis suits: nothing negative, and two decades or more.

    The lowest twentieth is left out, so that a quantity that starts near zero and rises at once
    keeps its linear axis.
    """
    values = values[np.isfinite(values)]
    positive = values[values > 0]
    if values.size == 0 or np.any(values < 0) or positive.size < values.size / 2:
        return False
    return bool(positive.max() >= DECADES * np.quantile(positive, 0.05))


def logarithmic(axes: Axes) -> None:
    """Gives the y axis decades, labelled no closer than can be read."""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(numticks=6))
    axes.yaxis.set_minor_formatter(NullFormatter())


def draw_curve(axes: Axes, x: np.ndarray, found: Curve, color: object, label: str) -> None:
    """Draws the median, and the band from 10 to 90 % where there are replicas to spread."""
    if found.replicas > 1 and len(x) > 1:
        axes.fill_between(x, found.low, found.high, color=color, alpha=0.18, lw=0)
    elif found.replicas > 1:
        axes.vlines(x, found.low, found.high, color=color, lw=1.0)
    marker = "o" if len(x) < 2 else ""
    width = 1.2 if len(x) < MANY_POINTS else 0.8
    axes.plot(x, found.middle, color=color, label=label, marker=marker, lw=width)


def label_end(axes: Axes, value: float, text: str, color: object) -> Annotation:
    """Writes a label to the right of the axes at the height where a curve ends.

    A curve that ends at 0 has no height on a logarithmic axis; its label stands at the lowest one.
    """
    return axes.annotate(
        text,
        xy=(1, value if value > 0 or axes.get_yscale() != "log" else lowest(axes)),
        xycoords=("axes fraction", "data"),
        xytext=(3, 0),
        textcoords="offset points",
        color=readable(color),
        fontsize=6.5,
        va="center",
        ha="left",
        annotation_clip=False,
        gid="label",
    )


def lowest(axes: Axes) -> float:
    """Returns the smallest positive value that is drawn."""
    drawn = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in axes.lines])
    positive = drawn[drawn > 0]
    return float(positive.min()) if positive.size else 1.0


def settle(figure: Plate) -> None:
    """Moves the labels at the ends of curves apart, so that none lies on another."""
    figure.draw_without_rendering()
    points = 72 / figure.dpi
    for axes in figure.axes:
        labels = [text for text in axes.texts if isinstance(text, Annotation)]
        labels = [text for text in labels if text.get_gid() == "label"]
        if not labels:
            continue
        heights = np.array([axes.transData.transform((0, t.xy[1]))[1] * points for t in labels])
        box = axes.get_window_extent()
        low, high = box.y0 * points, box.y1 * points
        wanted = np.clip(np.nan_to_num(heights, nan=low), low, high)
        places = between(apart(wanted, LINE_POINTS), LINE_POINTS, low, high)
        for text, height, place in zip(labels, heights, places, strict=True):
            text.set_position((3, place - height if np.isfinite(height) else 0))


def apart(wanted: np.ndarray, gap: float) -> np.ndarray:
    """Returns places at least `gap` apart, in the order of `wanted` and as near it as can be.

    Neighbours that are too close are joined into blocks, each centred on the mean of what its
    members want; this is the least-squares solution (pool adjacent violators).
    """
    order = np.argsort(wanted, kind="stable")
    shifted = wanted[order] - gap * np.arange(len(wanted))
    blocks: list[tuple[float, int]] = []
    for value in shifted:
        mean, count = float(value), 1
        while blocks and blocks[-1][0] > mean:
            before, size = blocks.pop()
            mean, count = (mean * count + before * size) / (count + size), count + size
        blocks.append((mean, count))
    flat = np.concatenate([np.full(count, mean) for mean, count in blocks])
    places = np.empty(len(wanted))
    places[order] = flat + gap * np.arange(len(wanted))
    return places


def between(places: np.ndarray, gap: float, low: float, high: float) -> np.ndarray:
    """Moves places that are `gap` apart between two bounds, the upper one kept if not both can."""
    rank = np.argsort(np.argsort(places, kind="stable"), kind="stable")
    raised = np.maximum(places, low + gap * rank)
    return np.minimum(raised, high - gap * (len(places) - 1 - rank))


def readable(color: object) -> tuple[float, float, float]:
    """Returns a colour dark enough for small text on white."""
    rgb = np.array(to_rgb(color))  # type: ignore[arg-type]
    luminance = float(rgb @ [0.2126, 0.7152, 0.0722])
    scale = min(1.0, DARKEST / luminance) if luminance > 0 else 1.0
    red, green, blue = rgb * scale
    return red, green, blue


def title_of(probe: str, quantities: list[str], among_others: bool) -> str:
    """Names a panel: the quantity if it is alone and the probe's only one, else the probe first."""
    if len(quantities) > 1 or quantities[0] == probe:
        return words(probe)
    return words(f"{probe}: {quantities[0]}" if among_others else quantities[0])


def last_finite(values: np.ndarray) -> float:
    """Returns the last finite value, or nan."""
    finite = values[np.isfinite(values)]
    return float(finite[-1]) if finite.size else float("nan")


def whole_numbers(axes: Axes) -> None:
    """Puts the ticks of the x axis at whole numbers."""
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))


def time_axis(axes: Axes, curves: Sequence[Curve]) -> None:
    """Calls the x axis `time` where the length of a step is not 1, else `step`."""
    same = all(np.array_equal(found.time, found.step) for found in curves)
    axes.set_xlabel("step" if same else "time")
    if same:
        whole_numbers(axes)
    axes.margins(x=0.02)


def spread_note(replicas: int) -> str:
    """Says what line and band are."""
    if replicas < 2:
        return "one replica"
    return f"line: median over {replicas} replicas, band: 10 to 90 %"
