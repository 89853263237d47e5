"""Statistics of metrics: spread over replicas, final averages, dependence on parameters."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from netware.record.tables import (
    FINAL_SHARE,
    TIMED,
    by_replica,
    chosen,
    final,
    index_columns,
    pairs,
    spread_out,
)


LOW, HIGH = 0.1, 0.9
CONFIDENCE = 0.95
FLOOR = 1e-10
FEWEST = 3


@dataclass(frozen=True)
class Curve:
    """One quantity over time: the median over replicas and the band from 10 to 90 %.

    The median and percentiles are what is shown because they mean the same on a logarithmic
    axis, and because they never leave the range of the quantity as mean minus deviation may.

    Args:
        step: Steps at which it was observed.
        time: Their times.
        middle: Median over replicas.
        low: 10 % percentile over replicas.
        high: 90 % percentile over replicas.
        replicas: Number of replicas. [1]
    """

    step: np.ndarray
    time: np.ndarray
    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray
    replicas: int


@dataclass(frozen=True)
class Estimate:
    """What the replicas say about one number.

    Args:
        mean: Mean over replicas.
        deviation: Standard deviation over replicas (n - 1), or nan for one replica.
        error: Half width of the 95 % confidence interval of the mean (Student's t), or nan.
        replicas: Number of replicas. [1]
    """

    mean: float
    deviation: float
    error: float
    replicas: int


def curve(rows: pd.DataFrame) -> Curve:
    """Returns median and 10 to 90 % band over replicas at each step."""
    table = by_replica(rows)
    low, middle, high = (table.quantile(q, axis=1).to_numpy() for q in (LOW, 0.5, HIGH))
    step = table.index.get_level_values("step").to_numpy()
    time = table.index.get_level_values("time").to_numpy()
    return Curve(step, time, middle, low, high, table.shape[1])


def profile(rows: pd.DataFrame, along: str) -> Curve:
    """Returns median and band at each value of an index column, over replicas and agents."""
    table = spread_out(rows, [along])
    low, middle, high = (table.quantile(q, axis=1).to_numpy() for q in (LOW, 0.5, HIGH))
    place = table.index.to_numpy()
    return Curve(place, place, middle, low, high, table.shape[1])


def estimate(values: np.ndarray) -> Estimate:
    """Returns mean, deviation and confidence interval of one value a replica; nan is left out."""
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    count = len(values)
    if count < 2:
        return Estimate(float(values[0]) if count else np.nan, np.nan, np.nan, count)
    deviation = float(values.std(ddof=1))
    quantile = float(student.ppf((1 + CONFIDENCE) / 2, count - 1))
    return Estimate(float(values.mean()), deviation, quantile * deviation / count**0.5, count)


def fitted_rate(rows: pd.DataFrame, floor: float = FLOOR) -> pd.Series:
    """Returns each replica's rate of decay, value ~ exp(-rate time), by least squares. [1 / time]

    What counts is the later half of the time in which the value has not yet fallen to `floor` of
    its first: the slowest mode is left then, and rounding has not yet begun. nan where fewer than
    three values are left to fit.
    """

    def slope(own: pd.DataFrame) -> float:
        time, value = (own.sort_values("time")[name].to_numpy(dtype=float) for name in TIMED)
        above = value > floor * value[0]
        time, value = time[above], value[above]
        late = time >= np.median(time) if len(time) else time > 0
        if late.sum() < FEWEST:
            return float("nan")
        return -float(np.polyfit(time[late], np.log(value[late]), 1)[0])

    groups = rows.groupby("replica", observed=True)
    return pd.Series({replica: slope(own) for replica, own in groups}, name="rate", dtype=float)


def summary(metrics: pd.DataFrame, share: float = FINAL_SHARE) -> pd.DataFrame:
    """Returns one row a quantity: first value, average over the last steps, spread, replicas."""
    rows = []
    for probe, quantity in pairs(metrics):
        here = chosen(metrics, probe, quantity)
        found = estimate(final(here, share).to_numpy())
        start = float(here.loc[here["step"] == here["step"].min(), "value"].mean())
        over = ", ".join(index_columns(here))
        rows.append(
            (probe, quantity, over, start, found.mean, found.deviation, found.error, found.replicas)
        )
    columns = ["probe", "quantity", "over", "first", "mean", "deviation", "error", "replicas"]
    return pd.DataFrame(rows, columns=columns)


def against(table: pd.DataFrame, parameters: list[str]) -> pd.DataFrame:
    """Returns mean, deviation, error and replicas of `value` for each setting of the parameters.

    `table` has one row a replica of a run, with the columns `parameters` and `value`.
    """
    rows = []
    settings: Any = table.groupby(parameters, sort=True, observed=True)
    for setting, group in settings:
        found = estimate(group["value"].to_numpy())
        rows.append((*setting, found.mean, found.deviation, found.error, found.replicas))
    return pd.DataFrame(rows, columns=[*parameters, "mean", "deviation", "error", "replicas"])
