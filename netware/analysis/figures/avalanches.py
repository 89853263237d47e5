"""The law of the sizes of avalanches, on logarithmic axes."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from netware.analysis.figures.base import AbstractFigure, begin
from netware.analysis.style import CYCLE, SINGLE, Plate, plain, styled, words
from netware.record.reader import Run
from netware.record.tables import chosen, index_columns, names_in, replicas_in, rows_where


PER_DECADE = 8


@dataclass(frozen=True)
class Avalanches(AbstractFigure[Run]):
    """Draws the share of avalanches of each size at the last step, over all replicas.

    Dots: sizes in bins that are even in the logarithm; dashed line: the power law of the mean
    exponent that the probe found. The last size, which stands for all larger ones, is left out.
    """

    rank: ClassVar[int] = 10
    lacks: ClassVar[tuple[str, str] | None] = (
        "no avalanches that were counted by size",
        "give the scenario a probe of avalanches, and run it again",
    )

    def applies(self, source: Run) -> bool:
        """Tells whether a probe counted avalanches by size."""
        return bool(counted(source))

    def caption(self, source: Run) -> str:
        """Says what dots and lines are."""
        return f"Sizes of avalanches; {self.note(source)}."

    def note(self, source: Run) -> str:
        """Says what dots and lines are."""
        over = f"mean over {replicas_in(source.metrics)} replicas"
        return f"dots: {over}; dashed: power law of the exponent found"

    def draw(self, source: Run) -> Plate:
        """Draws the law of each probe."""
        probes = counted(source)
        with styled():
            size = (SINGLE, 2.3)
            figure = begin(source, size, "Avalanches", self.caption(source), self.note(source))
            axes = figure.subplots()
            for color, probe in zip(CYCLE, probes, strict=False):
                draw_law(axes, source, probe, color)
            axes.set(xscale="log", yscale="log", xlabel="size", ylabel="share of avalanches")
            axes.set_title(plain("Avalanches"))
            axes.legend()
        return figure


def counted(run: Run) -> list[str]:
    """Names the probes that counted avalanches by size, if any happened."""
    if run.metrics.empty:
        return []
    found = [
        (probe, chosen(run.metrics, probe, "share")) for probe in names_in(run.metrics, "probe")
    ]
    return [
        probe
        for probe, rows in found
        if not rows.empty and "size" in index_columns(rows) and bool((rows["value"] > 0).any())
    ]


def draw_law(axes: Axes, run: Run, probe: str, color: str) -> None:
    """Draws the shares of one probe, and the power law through them."""
    rows = chosen(run.metrics, probe, "share")
    rows = rows_where(rows, rows["step"] == rows["step"].max())
    share = pd.Series(rows.groupby("size")["value"].mean()).to_numpy()[:-1]
    size, law = binned(share)
    axes.plot(size, law, "o", ms=3, color=color, label=plain(words(probe)))
    found = chosen(run.metrics, probe, "exponent")
    tau = float(found.loc[found["step"] == found["step"].max(), "value"].mean())
    if np.isfinite(tau) and len(size) > 1:
        middle = len(size) // 3
        line = law[middle] * (size / size[middle]) ** -tau
        axes.plot(size, line, "--", lw=1.0, color=color, label=f"exponent {tau:.2f}")


def binned(share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the middle of bins of sizes, and the mean share of a size in each that has any."""
    size = np.arange(1, len(share) + 1)
    place = np.round(np.log10(size) * PER_DECADE).astype(int)
    at = [np.flatnonzero(place == each) for each in np.unique(place)]
    kept = [inside for inside in at if share[inside].sum() > 0]
    middle = [float(np.exp(np.log(size[inside]).mean())) for inside in kept]
    return np.array(middle), np.array([float(share[inside].mean()) for inside in kept])
