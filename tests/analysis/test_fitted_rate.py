"""The rate of decay that metrics tell, against the rate that made them."""

import numpy as np
import pandas as pd
import pytest

from netware.analysis.statistics import fitted_rate


def metrics(values: dict[int, np.ndarray], time: np.ndarray) -> pd.DataFrame:
    rows = [
        {"replica": replica, "step": k, "time": t, "value": v}
        for replica, own in values.items()
        for k, (t, v) in enumerate(zip(time, own, strict=True))
    ]
    return pd.DataFrame(rows).sample(frac=1.0, random_state=1)


def test_each_replica_has_the_rate_of_its_slowest_mode_and_rounding_is_left_out():
    time = np.linspace(0, 100, 401)
    one = 0.1 * np.exp(-0.3 * time) + np.exp(-2.0 * time) + 1e-14
    two = np.exp(-0.05 * time)
    found = fitted_rate(metrics({0: one, 3: two}, time))
    assert found.to_dict() == pytest.approx({0: 0.3, 3: 0.05}, rel=1e-3)


def test_what_does_not_last_has_no_rate():
    found = fitted_rate(metrics({0: np.array([1.0, 0.0, 0.0, 0.0])}, np.arange(4.0)))
    assert np.isnan(found[0])
