"""What figures share: when an axis is logarithmic, and labels that do not lie on each other."""

import numpy as np
import pytest

from netware.analysis import style
from netware.analysis.figures import base


@pytest.mark.parametrize(
    ("values", "log"),
    [
        (np.geomspace(1, 1e-6, 50), True),
        (np.append(np.geomspace(1, 1e-6, 50), np.zeros(10)), True),
        (np.linspace(0.1, 1, 50), False),
        (np.append([0.001], np.linspace(0.4, 1, 50)), False),
        (np.linspace(-1, 1e6, 50), False),
        (np.full(5, np.nan), False),
        (np.zeros(5), False),
    ],
)
def test_an_axis_has_decades_where_positive_values_span_two(values, log) -> None:
    assert base.spans_decades(values) is log


def test_labels_keep_their_distance_their_order_and_their_mean() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        wanted = rng.uniform(0, 40, 7)
        places = base.apart(wanted, 8.0)
        assert np.diff(np.sort(places)).min() > 8.0 - 1e-9
        assert np.array_equal(np.argsort(places), np.argsort(wanted))
        assert places.mean() == pytest.approx(wanted.mean())
    far = np.array([30.0, 0.0, 100.0])
    assert np.array_equal(base.apart(far, 8.0), far)


def test_labels_stay_between_the_ends_of_the_axis_while_they_fit() -> None:
    places = base.apart(np.array([40.0, 40.0, 40.0, 5.0]), 8.0)
    kept = base.between(places, 8.0, 0.0, 40.0)
    assert np.allclose(np.sort(kept), [5, 24, 32, 40])
    assert np.array_equal(np.argsort(kept, kind="stable"), np.argsort(places, kind="stable"))


def test_labels_of_curves_that_end_together_do_not_overlap() -> None:
    with style.styled():
        figure = style.plate(3.4, 2.0, style.Provenance("a/b", "0"))
        axes = figure.subplots()
        for name in ("one", "two", "three"):
            axes.plot([0, 1], [0, 0.5])
            base.label_end(axes, 0.5, name, "k")
        base.settle(figure)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in axes.texts]
    assert not any(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[k + 1 :])


def test_the_label_of_a_curve_that_ends_at_0_on_decades_stays_beside_the_axes() -> None:
    with style.styled():
        figure = style.plate(3.4, 2.0, style.Provenance("a/b", "0"))
        axes = figure.subplots()
        axes.plot([0, 1, 2], [1.0, 1e-6, 0.0])
        base.logarithmic(axes)
        label = base.label_end(axes, 0.0, "settled", "k")
        base.settle(figure)
        figure.draw_without_rendering()
    box, found = axes.get_window_extent(), label.get_window_extent()
    assert box.y0 - 20 <= found.y0 and found.y1 <= box.y1 + 20
    assert box.height > 50, "the axes kept their size"


def test_small_text_is_dark_enough_on_white() -> None:
    for color in style.CYCLE:
        red, green, blue = base.readable(color)
        assert 0.2126 * red + 0.7152 * green + 0.0722 * blue <= 0.3 + 1e-9


def test_a_panel_is_named_as_briefly_as_is_clear() -> None:
    assert base.title_of("order", ["order_parameter"], False) == "order parameter"
    assert base.title_of("order", ["order_parameter"], True) == "order: order parameter"
    assert base.title_of("loss", ["loss"], True) == "loss"
    assert base.title_of("overlap", ["best", "mean"], True) == "overlap"


def test_the_last_finite_value_ends_a_curve() -> None:
    assert base.last_finite(np.array([1.0, 2.0, np.nan])) == 2.0
    assert np.isnan(base.last_finite(np.array([np.nan])))
