"""Avalanches: the law of sizes and the line through it."""

import numpy as np
import pytest

from netware.analysis.figures.avalanches import Avalanches, binned
from tests.analysis.conftest import measured


LAW = np.arange(1, 101) ** -1.5 / (np.arange(1, 101) ** -1.5).sum()


@pytest.fixture
def run(make_run):
    share = np.stack([np.full((2, 100), np.nan), np.stack([LAW, LAW])])
    readings = (
        measured("avalanche", "share", share, ("size",), every=5),
        measured("avalanche", "exponent", [[np.nan, np.nan], [1.4, 1.6]], every=5),
    )
    return make_run(readings)


def test_dots_and_line_are_the_law_and_the_exponent_of_the_last_step(run) -> None:
    (axes,) = Avalanches().draw(run).axes
    dots, line = axes.lines
    size, share = np.asarray(dots.get_xdata()), np.asarray(dots.get_ydata())
    assert np.allclose(share[:3], LAW[:3], rtol=1e-5) and np.allclose(size[:3], [1, 2, 3])
    slope = np.diff(np.log(line.get_ydata())) / np.diff(np.log(line.get_xdata()))
    assert np.allclose(slope, -1.5)
    assert axes.get_xscale() == axes.get_yscale() == "log"
    assert line.get_label() == "exponent 1.50"


def test_bins_keep_the_share_of_a_single_size_and_leave_empty_ones_out() -> None:
    size, share = binned(np.array([0.5, 0.0, 0.2, *[0.0] * 40]))
    assert size.tolist() == pytest.approx([1, 3]) and share.tolist() == [0.5, 0.2]


def test_it_applies_to_shares_by_size_alone(make_run, run, tmp_path) -> None:
    assert Avalanches().applies(run)
    other = make_run((measured("game", "share", [[0.4, 0.6]]),), at=tmp_path / "other")
    assert not Avalanches().applies(other)
