"""Spread over replicas, final averages and confidence intervals, against numbers by hand."""

import numpy as np
import pandas as pd
import pytest

from netware.analysis import statistics


def tidy(values: np.ndarray, **index: object) -> pd.DataFrame:
    """Rows of one quantity from values `[steps, replicas]`."""
    step, replica = np.indices(values.shape)
    return pd.DataFrame(
        {
            "run": "r",
            "replica": replica.ravel(),
            "step": step.ravel(),
            "time": step.ravel() * 0.5,
            "probe": "order",
            "quantity": "phi",
            "value": values.ravel(),
            **index,
        }
    )


def test_a_curve_is_the_median_and_the_10_to_90_percent_band() -> None:
    values = np.random.default_rng(3).normal(size=(5, 11))
    found = statistics.curve(tidy(values))
    assert np.allclose(found.middle, np.median(values, axis=1))
    assert np.allclose(found.low, np.quantile(values, 0.1, axis=1))
    assert np.allclose(found.high, np.quantile(values, 0.9, axis=1))
    assert np.array_equal(found.time, 0.5 * np.arange(5)) and found.replicas == 11


def test_index_columns_are_averaged_but_agents_are_spread() -> None:
    layers = pd.concat([tidy(np.full((2, 3), v), layer=k) for k, v in enumerate((1.0, 3.0))])
    assert np.allclose(statistics.curve(layers).middle, 2.0)
    agents = pd.concat([tidy(np.full((2, 3), v), agent=k) for k, v in enumerate((1.0, 3.0))])
    assert statistics.curve(agents).replicas == 6
    assert np.allclose(statistics.curve(agents).low, 1.0)


def test_a_profile_runs_along_its_index() -> None:
    rows = pd.concat([tidy(np.full((1, 3), 10.0 * k), layer=k) for k in range(4)])
    found = statistics.profile(rows, "layer")
    assert np.array_equal(found.step, [0, 1, 2, 3])
    assert np.allclose(found.middle, [0, 10, 20, 30])


def test_an_estimate_has_the_students_t_interval() -> None:
    found = statistics.estimate(np.array([1.0, 2.0, 3.0, 4.0]))
    assert found.mean == 2.5
    assert found.deviation == pytest.approx(1.2909944)
    assert found.error == pytest.approx(3.182446 * 1.2909944 / 2)
    assert found.replicas == 4


def test_one_value_has_no_spread_and_nan_is_left_out() -> None:
    found = statistics.estimate(np.array([5.0, np.nan]))
    assert (found.mean, found.replicas) == (5.0, 1)
    assert np.isnan(found.deviation) and np.isnan(found.error)
    assert np.isnan(statistics.estimate(np.array([])).mean)


def test_final_averages_the_last_steps_of_each_replica() -> None:
    values = np.arange(22.0).reshape(11, 2)
    last = statistics.final(tidy(values), share=0.2)
    assert list(last) == [values[8:, 0].mean(), values[8:, 1].mean()]
    assert list(statistics.final(tidy(values), share=0.0)) == [20.0, 21.0]


def test_a_summary_tells_beginning_and_end() -> None:
    values = np.array([[1.0, 3.0], [5.0, 7.0]])
    row = statistics.summary(tidy(values), share=0.0).iloc[0]
    assert (row["first"], row["mean"], row["replicas"]) == (2.0, 6.0, 2)


def test_against_a_parameter_gives_one_row_a_setting() -> None:
    table = pd.DataFrame({"noise": [0.1, 0.1, 0.2, 0.2], "value": [1.0, 3.0, 5.0, 5.0]})
    found = statistics.against(table, ["noise"])
    assert list(found["mean"]) == [2.0, 5.0]
    assert list(found["deviation"]) == pytest.approx([2**0.5, 0.0])
