"""Metrics over time: the lines and bands are the medians and percentiles of the table."""

import numpy as np
import pytest

from netware.analysis.figures.metrics import Metrics
from netware.errors import StoreError
from tests.analysis.conftest import measured


@pytest.fixture
def decay() -> np.ndarray:
    rate = np.random.default_rng(6).uniform(0.1, 0.2, 7)
    return np.exp(-np.arange(61)[:, None] * rate)


def titles(figure) -> list[str]:
    return [axes.get_title(loc="left") for axes in figure.axes]


def labels(axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_line_and_band_are_median_and_percentiles(make_run, decay) -> None:
    figure = Metrics().draw(make_run((measured("loss", "loss", decay, every=2),)))
    (axes,) = figure.axes
    (line,) = axes.lines
    assert np.allclose(line.get_xdata(), 2 * np.arange(61))
    assert np.allclose(line.get_ydata(), np.median(decay, axis=1))
    (band,) = axes.collections
    corners = np.asarray(band.get_paths()[0].vertices)
    assert corners[:, 1].max() == pytest.approx(np.quantile(decay, 0.9, axis=1).max())
    assert corners[:, 1].min() == pytest.approx(np.quantile(decay, 0.1, axis=1).min())
    assert axes.get_yscale() == "log" and axes.get_xlabel() == "step"
    assert titles(figure) == ["loss"]


def test_the_note_says_what_line_and_band_are(make_run, decay) -> None:
    figure = Metrics().draw(make_run((measured("loss", "loss", decay),)))
    notes = [text.get_text() for text in figure.texts if text.get_gid() == "note"]
    assert notes == ["line: median over 7 replicas, band: 10 to 90 %"]


def test_one_replica_has_no_band(make_run, decay) -> None:
    run = make_run((measured("loss", "loss", decay[:, :1]),))
    assert not Metrics().draw(run).axes[0].collections


def test_quantities_of_one_scale_share_axes_and_are_labelled_at_their_ends(make_run) -> None:
    rise = np.linspace(0.3, 0.9, 20)[:, None] * np.ones((1, 3))
    readings = (
        measured("overlap", "group", rise),
        measured("overlap", "best", 0.9 * rise),
        measured("overlap", "energy", -900 * rise),
    )
    figure = Metrics().draw(make_run(readings))
    assert titles(figure) == ["overlap", "overlap: energy"]
    assert labels(figure.axes[0]) == ["group", "best"]
    assert labels(figure.axes[1]) == []


def test_a_quantity_along_layers_is_drawn_at_the_first_and_last_step(make_run) -> None:
    entropy = np.random.default_rng(7).uniform(1, 2, (6, 3, 5))
    run = make_run((measured("shape", "entropy", entropy, axes=("layer",)),))
    (axes,) = Metrics().draw(run).axes
    assert labels(axes) == ["step 0", "step 5"] and axes.get_xlabel() == "layer"
    first, last = axes.lines
    assert np.allclose(first.get_ydata(), np.median(entropy[0], axis=0))
    assert np.allclose(last.get_ydata(), np.median(entropy[5], axis=0))


def test_agents_are_spread_like_replicas(make_run) -> None:
    overlap = np.random.default_rng(8).uniform(0, 1, (4, 2, 5))
    run = make_run((measured("overlap", "overlap", overlap, axes=("agent",)),))
    (line,) = Metrics().draw(run).axes[0].lines
    assert np.allclose(line.get_ydata(), np.median(overlap.reshape(4, -1), axis=1))


def test_what_was_measured_once_is_left_to_the_table_unless_asked_for(make_run, decay) -> None:
    readings = (measured("loss", "loss", decay), measured("graph", "lambda", decay[:1]))
    run = make_run(readings)
    assert titles(Metrics().draw(run)) == ["loss"]
    assert titles(Metrics(show=("lambda",)).draw(run)) == ["lambda"]


def test_panels_are_those_asked_for(make_run, decay) -> None:
    run = make_run((measured("loss", "loss", decay), measured("order", "order", decay)))
    assert titles(Metrics(show=("order",)).draw(run)) == ["order"]
    with pytest.raises(StoreError, match="did you mean 'order'"):
        Metrics(show=("odrer",)).draw(run)


def test_the_axis_says_time_where_a_step_is_not_1(make_run, decay) -> None:
    reading = measured("loss", "loss", decay)
    halved = type(reading)(**{**vars(reading), "times": reading.times / 2})
    (axes,) = Metrics().draw(make_run((halved,))).axes
    assert axes.get_xlabel() == "time"
    assert np.asarray(axes.lines[0].get_xdata())[-1] == 30.0


def test_a_quantity_that_diverged_is_still_drawn(make_run) -> None:
    values = np.array([[1.0, 2.0], [np.inf, 3.0], [np.nan, np.nan]])
    assert len(Metrics().draw(make_run((measured("a", "b", values),))).axes) == 1


def test_names_with_dollars_are_drawn_as_they_are(make_run, decay) -> None:
    figure = Metrics().draw(make_run((measured("a$b^$", "q$", decay),)))
    assert figure.render("png", dpi=30)
