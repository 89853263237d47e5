"""Flock: arrows stand where agents are and point where they head."""

import numpy as np
import pytest
from matplotlib.collections import PathCollection, PolyCollection

from netware.analysis.figures.flock import Flock
from netware.analysis.style import headings
from netware.errors import StoreError
from tests.analysis.conftest import columns


SPACE = {"space": {"dimensions": 2, "box": 10.0, "periodic": True}}


@pytest.fixture
def flock(make_run):
    rng = np.random.default_rng(11)
    angle = rng.uniform(-np.pi, np.pi, (5, 2, 4))
    angle[-1] = 0.5
    position = rng.uniform(0, 10, (5, 2, 4, 2))
    series = columns({"birds.position": position, "birds.heading": angle}, every=10)
    return make_run(series={"snapshots": series}, scenario=SPACE), position, angle


def arrows(axes) -> PolyCollection:
    return next(each for each in axes.collections if isinstance(each, PolyCollection))


def test_arrows_stand_where_agents_are_and_point_where_they_head(flock) -> None:
    run, position, angle = flock
    figure = Flock(times=2, replica=1).draw(run)
    for axes, entry in zip(figure.axes, (0, 4), strict=False):
        shapes = np.stack([np.asarray(path.vertices)[:4] for path in arrows(axes).get_paths()])
        tail = (shapes[:, 0] + shapes[:, 2]) / 2
        ahead = shapes[:, 1] - tail
        assert np.allclose(np.arctan2(ahead[:, 1], ahead[:, 0]), angle[entry, 1], atol=1e-5)
        size = np.linalg.norm(ahead, axis=1)[:, None]
        assert np.all(np.linalg.norm(tail - position[entry, 1], axis=1) < size[:, 0])


def test_colours_tell_the_heading(flock) -> None:
    run, _, angle = flock
    axes = Flock(times=2).draw(run).axes[0]
    wanted = headings()(np.mod(angle[0, 0].astype(np.float32), 2 * np.pi) / (2 * np.pi))
    assert np.allclose(arrows(axes).get_facecolor(), wanted, atol=0.02)


def test_time_and_order_parameter_stand_above(flock) -> None:
    run, _, angle = flock
    figure = Flock().draw(run)
    assert figure.axes[0].get_title(loc="left") == "t = 0"
    assert figure.axes[3].get_title(loc="left") == "t = 40"
    order = np.abs(np.exp(1j * angle[0, 0]).mean())
    assert figure.axes[0].get_title(loc="right") == f"φ = {order:.2f}"
    assert figure.axes[3].get_title(loc="right") == "φ = 1.00"


def test_axes_are_the_box_and_equal(flock) -> None:
    axes = Flock().draw(flock[0]).axes[0]
    assert axes.get_xlim() == (0, 10) and axes.get_ylim() == (0, 10)
    assert axes.get_aspect() == 1.0


def test_two_populations_have_a_row_each(make_run) -> None:
    given = {
        f"{name}.{column}": np.ones((3, 2, 4, *more))
        for name in ("neural", "vicsek")
        for column, more in (("position", (2,)), ("heading", ()))
    }
    populations = {"neural": {"agents": 4}, "vicsek": {"agents": 4}}
    run = make_run(
        series={"snapshots": columns(given)}, scenario={**SPACE, "populations": populations}
    )
    figure = Flock(times=3).draw(run)
    rows = [axes.get_ylabel() for axes in figure.axes if axes.get_ylabel()]
    assert rows == ["neural", "vicsek"] and len(figure.axes) == 6


def test_very_many_agents_are_dots_in_one_image(make_run) -> None:
    rng = np.random.default_rng(12)
    series = columns(
        {
            "birds.position": rng.uniform(0, 10, (1, 1, 5000, 2)),
            "birds.heading": rng.uniform(0, 6, (1, 1, 5000)),
        }
    )
    axes = Flock().draw(make_run(series={"snapshots": series}, scenario=SPACE)).axes[0]
    (dots,) = [each for each in axes.collections if isinstance(each, PathCollection)]
    assert len(np.asarray(dots.get_offsets())) == 5000 and dots.get_rasterized()


def test_an_open_space_is_shown_as_far_as_agents_went(make_run) -> None:
    position = np.array([[[[0.0, 0.0], [4.0, 2.0]]]])
    series = columns({"birds.position": position, "birds.heading": np.ones((1, 1, 2))})
    open_space = {"space": {"dimensions": 2, "box": 1.0, "periodic": False}}
    axes = Flock().draw(make_run(series={"snapshots": series}, scenario=open_space)).axes[0]
    assert axes.get_xlim()[0] < 0 and axes.get_xlim()[1] > 4


def test_a_replica_that_is_not_there_is_refused(flock) -> None:
    with pytest.raises(StoreError, match="no replica 2"):
        Flock(replica=2).draw(flock[0])
