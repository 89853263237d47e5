"""Sweep: markers and bars are means and confidence intervals at the swept values."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from netware.analysis.figures.sweep import Sweep, places, spaced_geometrically
from netware.errors import StoreError
from netware.record.sweep_reader import open_sweep
from tests.analysis.conftest import measured


NOISE = (0.0, 1.0, 2.5)
REPLICAS = 6


@pytest.fixture
def values() -> np.ndarray:
    return np.random.default_rng(10).uniform(0, 1, (len(NOISE), REPLICAS))


@pytest.fixture
def sweep(make_run, tmp_path, values):
    for number, noise in enumerate(NOISE):
        make_run(
            (measured("order", "order_parameter", np.tile(values[number], (11, 1))),),
            {"replicas": REPLICAS, "rules": {"fly": {"noise": noise}}},
            at=tmp_path / "s" / f"run-{number:04d}",
        )
    return open_sweep(tmp_path / "s")


def test_markers_stand_at_the_means_and_bars_are_the_intervals(sweep, values) -> None:
    (axes,) = Sweep().draw(sweep).axes
    markers = axes.containers[0]
    assert np.allclose(markers.lines[0].get_xdata(), NOISE)
    assert np.allclose(markers.lines[0].get_ydata(), values.mean(1))
    half = student.ppf(0.975, REPLICAS - 1) * values.std(1, ddof=1) / REPLICAS**0.5
    bars = np.array([segment[:, 1] for segment in markers.lines[2][0].get_segments()])
    assert np.allclose(bars[:, 1] - bars[:, 0], 2 * half)
    assert axes.get_xlabel() == "noise"


def test_every_replica_is_a_dot(sweep, values) -> None:
    (axes,) = Sweep().draw(sweep).axes
    dots = axes.lines[0]
    assert np.allclose(np.sort(dots.get_ydata()), np.sort(values.ravel()))


def test_the_note_says_what_is_averaged_over(sweep) -> None:
    assert "mean over 6 replicas of the last 20 % of the steps" in Sweep().caption(sweep)


def test_a_second_parameter_makes_one_curve_for_each_value(make_run, tmp_path) -> None:
    for number, (noise, agents) in enumerate((n, a) for n in (0.0, 1.0) for a in (10, 20)):
        make_run(
            (measured("order", "order_parameter", np.full((3, 2), noise + agents)),),
            {"rules": {"fly": {"noise": noise}}, "populations": {"birds": {"agents": agents}}},
            at=tmp_path / "s" / f"run-{number:04d}",
        )
    (axes,) = Sweep(against="noise").draw(open_sweep(tmp_path / "s")).axes
    assert [text.get_text() for text in axes.texts] == ["agents = 10", "agents = 20"]
    assert [list(bars.lines[0].get_ydata()) for bars in axes.containers] == [[10, 11], [20, 21]]


def test_words_stand_side_by_side_under_their_names(make_run, tmp_path) -> None:
    for number, kind in enumerate(("ring", "star")):
        make_run(
            (measured("a", "b", np.ones((3, 2))),),
            {"relations": {"talk": {"topology": kind}}},
            at=tmp_path / "s" / f"run-{number:04d}",
        )
    (axes,) = Sweep().draw(open_sweep(tmp_path / "s")).axes
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["ring", "star"]


def test_values_spaced_by_a_factor_have_a_logarithmic_axis() -> None:
    assert spaced_geometrically(np.array([100.0, 400.0, 1600.0]))
    assert not spaced_geometrically(np.linspace(1.0, 10.0, 10))
    assert places(pd.Series([2.0, 1.0])) == {"1.0": 1.0, "2.0": 2.0}


def test_what_was_not_swept_or_measured_is_refused(sweep) -> None:
    with pytest.raises(StoreError, match="no swept parameter 'noize'"):
        Sweep(against="noize").draw(sweep)
    with pytest.raises(StoreError, match="did you mean 'order_parameter'"):
        Sweep(quantity=("order_parametre",)).draw(sweep)
