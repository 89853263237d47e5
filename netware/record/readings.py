"""What was observed: kept on the device while it gathers, and brought to the host in few copies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import torch
from jaxtyping import Shaped
from torch import Tensor

from netware.record.rows import Column, Readings, Series, missing


Quantity = tuple[str, str]


@dataclass(frozen=True)
class Reading:
    """One quantity at one step, still on the device.

    Args:
        quantity: Names of the probe and of its quantity.
        axes: Axes after the replica.
        step: Step of the world.
        time: Time of the world. [time]
        values: What was read.
    """

    quantity: Quantity
    axes: tuple[str, ...]
    step: int
    time: float
    values: Shaped[Tensor, "replicas ..."]

    @property
    def kind(self) -> tuple[Quantity, tuple[str, ...], tuple[int, ...]]:
        """Returns what readings must share to be stacked."""
        return self.quantity, self.axes, tuple(self.values.shape)


@dataclass(frozen=True)
class StateSample:
    """Columns of state of some agents at one step, still on the device.

    Args:
        step: Step of the world.
        time: Time of the world. [time]
        columns: Columns by name, `[replicas, agents, ...]`.
        dimensions: Names of their axes, time first.
    """

    step: int
    time: float
    columns: Mapping[str, Tensor]
    dimensions: Mapping[str, tuple[str, ...]]


def own(values: Tensor) -> Tensor:
    """Returns a reading that keeps no larger tensor alive."""
    values = values.detach()
    return values.clone() if values.untyped_storage().nbytes() > values.nbytes else values


def settled(readings: Sequence[Reading]) -> list[Readings]:
    """Brings readings to the host in one copy, those of one quantity and shape together."""
    if not readings:
        return []
    flat = torch.cat([reading.values.flatten().to(torch.float64) for reading in readings])
    ends = np.cumsum([reading.values.numel() for reading in readings])
    pairs = zip(readings, np.split(flat.cpu().numpy(), ends[:-1]), strict=True)
    groups = groupby(
        sorted(pairs, key=lambda pair: pair[0].quantity), key=lambda pair: pair[0].kind
    )
    measured = []
    for (quantity, axes, shape), group in groups:
        same = list(group)
        steps = np.array([reading.step for reading, _ in same], dtype=np.int64)
        times = np.array([reading.time for reading, _ in same], dtype=np.float64)
        values = np.stack([numbers.reshape(shape) for _, numbers in same])
        measured.append(Readings(*quantity, axes, steps, times, values))
    return measured


def series_of(moments: Sequence[StateSample]) -> Series:
    """Brings moments to the host, one copy a column; missing numbers where it was not there."""
    columns: dict[str, Column] = {}
    for name in dict.fromkeys(name for moment in moments for name in moment.columns):
        there = np.array([name in moment.columns for moment in moments])
        having = [moment for moment in moments if name in moment.columns]
        values = torch.stack([moment.columns[name] for moment in having]).cpu().numpy()
        columns[name] = Column(spread(values, there), having[0].dimensions[name])
    return Series(
        np.array([moment.step for moment in moments], dtype=np.int64),
        np.array([moment.time for moment in moments], dtype=np.float64),
        columns,
    )


def joined(several: Sequence[Series]) -> Series:
    """Joins series that follow one another; missing numbers where a column was not there."""
    if len(several) == 1:
        return several[0]
    columns: dict[str, Column] = {}
    for name in dict.fromkeys(name for one in several for name in one.columns):
        there = np.concatenate([np.full(len(one.steps), name in one.columns) for one in several])
        having = [one.columns[name] for one in several if name in one.columns]
        values = np.concatenate([column.values for column in having])
        columns[name] = Column(spread(values, there), having[0].dimensions)
    return Series(
        np.concatenate([one.steps for one in several]),
        np.concatenate([one.times for one in several]),
        columns,
    )


def spread(values: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Returns an array with `values` where `there` says so and missing numbers elsewhere."""
    if there.all():
        return values
    whole = np.full((len(there), *values.shape[1:]), missing(values.dtype), values.dtype)
    whole[there] = values
    return whole
