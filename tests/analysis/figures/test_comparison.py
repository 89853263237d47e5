"""Comparison: the same quantity of two populations in one pair of axes."""

import numpy as np
import pytest

from netware.analysis.figures.comparison import Comparison
from netware.errors import StoreError
from tests.analysis.conftest import measured


PROBES = {
    "a": {"type": "order_parameter", "on": "neural_birds"},
    "b": {"type": "order_parameter", "on": "vicsek"},
}
POPULATIONS = {"neural_birds": {"agents": 4}, "vicsek": {"agents": 4}}


@pytest.fixture
def run(make_run):
    rng = np.random.default_rng(9)
    readings = tuple(
        measured(probe, quantity, rng.uniform(0.3, 1, (12, 5)))
        for probe in "ab"
        for quantity in ("mean", "order_parameter")
    )
    return make_run(readings, {"probes": PROBES, "populations": POPULATIONS})


def test_both_populations_are_drawn_in_one_pair_of_axes(run) -> None:
    figure = Comparison().draw(run)
    (axes,) = figure.axes
    assert axes.get_title(loc="left") == "order parameter"
    assert [text.get_text() for text in axes.texts] == ["neural birds", "vicsek"]
    for line, probe in zip(axes.lines, "ab", strict=True):
        own = run.metrics[run.metrics["probe"] == probe]
        rows = own[own["quantity"] == "order_parameter"]
        assert np.allclose(line.get_ydata(), rows.groupby("step")["value"].median())


def test_another_quantity_may_be_asked_for(run) -> None:
    assert (
        Comparison(quantity="mean").draw(run).axes[0].get_title(loc="left")
        == "order parameter: mean"
    )
    with pytest.raises(StoreError, match="no quantity 'spread' of several populations"):
        Comparison(quantity="spread").draw(run)


def test_the_caption_names_the_populations(run) -> None:
    assert "Order parameter of neural_birds, vicsek" in Comparison().caption(run)


def test_one_population_is_nothing_to_compare(make_run) -> None:
    probes = {"a": PROBES["a"]}
    run = make_run((measured("a", "order_parameter", [[0.1, 0.2]]),), {"probes": probes})
    assert not Comparison().applies(run)


def test_probes_of_different_types_are_not_compared(make_run) -> None:
    probes = {"a": PROBES["a"], "b": {"type": "disagreement", "on": "vicsek"}}
    readings = tuple(measured(probe, "mean", [[0.1, 0.2]]) for probe in "ab")
    run = make_run(readings, {"probes": probes, "populations": POPULATIONS})
    assert not Comparison().applies(run)
