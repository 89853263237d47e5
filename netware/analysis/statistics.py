"""Statistics of metrics: spread over replicas, final averages, dependence on parameters."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student


LOW, HIGH = 0.1, 0.9
FINAL_SHARE = 0.2
CONFIDENCE = 0.95
FLOOR = 1e-10
FEWEST = 3
TIMED = ("time", "value")
KEYS = ("run", "replica", "step", "time", "probe", "quantity", "value")


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


def index_columns(rows: pd.DataFrame) -> list[str]:
    """Names the index columns (layer, unit, ...) that these rows use."""
    return [name for name in rows if name not in KEYS and bool(rows[name].notna().any())]


def chosen(metrics: pd.DataFrame, probe: str, quantity: str) -> pd.DataFrame:
    """Returns the rows of one quantity of one probe."""
    return rows_where(metrics, (metrics["probe"] == probe) & (metrics["quantity"] == quantity))


def rows_where(table: pd.DataFrame, mask: Any) -> pd.DataFrame:
    """Returns the rows for which something holds."""
    return pd.DataFrame(table[mask])


def names_in(table: pd.DataFrame, column: str) -> list[str]:
    """Lists the distinct names in a column, in the order in which they come."""
    return [str(name) for name in pd.Series(table[column]).unique()]


def replicas_in(table: pd.DataFrame) -> int:
    """Returns the number of replicas."""
    return len(set(table["replica"]))


def by_replica(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns one column a replica and one row a (step, time), averaged over index columns.

    Where a quantity is measured agent by agent, each agent of each replica has its column.
    """
    return spread_out(rows, ["step", "time"])


def spread_out(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Returns one row for each value of the keys, one column a replica or agent; inf is nan."""
    over = ["replica", "agent"] if "agent" in index_columns(rows) else ["replica"]
    finite = rows.assign(value=rows["value"].where(np.isfinite(rows["value"])))
    means = pd.Series(finite.groupby([*keys, *over], observed=True)["value"].mean())
    return pd.DataFrame(means.unstack(over))


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


def window(rows: pd.DataFrame, share: float = FINAL_SHARE) -> pd.DataFrame:
    """Returns the rows of the last `share` of the steps, at least those of the last one."""
    if rows.empty:
        return rows
    steps = rows["step"].to_numpy()
    first, last = int(steps.min()), int(steps.max())
    return rows_where(rows, rows["step"] >= last - share * (last - first))


def final(rows: pd.DataFrame, share: float = FINAL_SHARE) -> pd.Series:
    """Returns each replica's average over the last `share` of the steps."""
    return pd.Series(window(rows, share).groupby("replica", observed=True)["value"].mean())


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


def pairs(metrics: pd.DataFrame) -> list[tuple[str, str]]:
    """Lists (probe, quantity) in the order in which they were recorded first."""
    seen = metrics[["probe", "quantity"]].drop_duplicates()
    return [(str(probe), str(quantity)) for probe, quantity in seen.itertuples(index=False)]


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
