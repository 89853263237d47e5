"""What the recorder hands to the run folder at a flush: plain arrays on the host."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Shaped


@dataclass(frozen=True)
class Readings:
    """Readings of one quantity at some steps, all of one shape.

    Args:
        probe: Name of the probe.
        quantity: Name of the quantity.
        axes: Axes after the replica, from `netware.axes`.
        steps: Step of each reading.
        times: Time of each reading. [time]
        values: The readings.
    """

    probe: str
    quantity: str
    axes: tuple[str, ...]
    steps: Int[np.ndarray, " readings"]
    times: Float[np.ndarray, " readings"]
    values: Float[np.ndarray, "readings replicas ..."]


@dataclass(frozen=True)
class Column:
    """One column of state, or one coordinate, over time.

    Args:
        values: The column, `[readings, replicas, agents, ...]`; missing numbers where it was
            not there.
        dimensions: Name of each axis: `time`, `replica`, the agents' and the column's own.
    """

    values: Shaped[np.ndarray, "readings ..."]
    dimensions: tuple[str, ...]


@dataclass(frozen=True)
class Series:
    """Columns of state at some steps.

    Args:
        steps: Step of each entry.
        times: Time of each entry. [time]
        columns: Columns by name, `<population>.<column>`.
    """

    steps: Int[np.ndarray, " readings"]
    times: Float[np.ndarray, " readings"]
    columns: Mapping[str, Column]


@dataclass(frozen=True)
class Flush:
    """All that was observed since the last flush.

    Args:
        measured: Readings of probes, in the order in which the scenario names them.
        index: Index columns of the metrics that the run's probes use.
        series: `panel` (few agents, every step) and `snapshots` (all agents, every k steps),
            whichever are recorded and have entries.
    """

    measured: tuple[Readings, ...] = ()
    index: tuple[str, ...] = ()
    series: Mapping[str, Series] | None = None


def missing(dtype: np.dtype) -> float | int | bool:
    """Returns what stands where nothing was recorded: no number, zero or false."""
    return float("nan") if dtype.kind == "f" else dtype.type(0).item()
