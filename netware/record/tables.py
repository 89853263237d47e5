"""Tables of metrics: rows by probe and quantity, axes spread out, windows of time."""

from typing import Any

import numpy as np
import pandas as pd


FINAL_SHARE = 0.2
TIMED = ("time", "value")
KEYS = ("run", "replica", "step", "time", "probe", "quantity", "value")


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


def pairs(metrics: pd.DataFrame) -> list[tuple[str, str]]:
    """Lists (probe, quantity) in the order in which they were recorded first."""
    seen = metrics[["probe", "quantity"]].drop_duplicates()
    return [(str(probe), str(quantity)) for probe, quantity in seen.itertuples(index=False)]
