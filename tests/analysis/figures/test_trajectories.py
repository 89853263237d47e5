"""Trajectories: one line an agent, and their mean."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection

from netware.analysis.figures.trajectories import Trajectories
from netware.errors import StoreError
from tests.analysis.conftest import columns


@pytest.fixture
def opinions() -> np.ndarray:
    return np.random.default_rng(15).normal(size=(6, 2, 4, 1))


@pytest.fixture
def run(make_run, opinions):
    return make_run(series={"panel": columns({"birds.opinion": opinions}, every=2)})


def test_every_agent_is_a_line_and_the_mean_is_dashed(run, opinions) -> None:
    (axes,) = Trajectories(replica=1).draw(run).axes
    lines = next(each for each in axes.collections if isinstance(each, LineCollection))
    drawn = np.stack([segment[:, 1] for segment in lines.get_segments()], 1)
    order = np.argsort(opinions[0, 1, :, 0])
    assert np.allclose(drawn, opinions[:, 1, order, 0])
    assert np.allclose(lines.get_segments()[0][:, 0], [0, 2, 4, 6, 8, 10])
    assert np.allclose(axes.lines[0].get_ydata(), opinions[:, 1, :, 0].mean(1))
    assert axes.get_title(loc="left") == "birds: opinion"


def test_it_applies_to_single_numbers_over_time(make_run, run, tmp_path) -> None:
    assert Trajectories().applies(run)
    wide = {"panel": columns({"birds.output": np.ones((3, 2, 4, 64))})}
    assert not Trajectories().applies(make_run(series=wide, at=tmp_path / "wide"))
    once = {"snapshots": columns({"birds.output": np.ones((1, 2, 4, 1))})}
    assert not Trajectories().applies(make_run(series=once, at=tmp_path / "once"))


def test_a_component_of_a_wide_column_may_be_asked_for(make_run) -> None:
    output = np.random.default_rng(16).normal(size=(3, 2, 4, 8))
    run = make_run(series={"snapshots": columns({"birds.output": output})})
    (axes,) = Trajectories(population="birds", column="output", component=5).draw(run).axes
    assert np.allclose(axes.lines[0].get_ydata(), output[:, 0, :, 5].mean(1), atol=1e-6)
    with pytest.raises(StoreError, match="no component 8"):
        Trajectories(population="birds", column="output", component=8).draw(run)


def test_lines_break_off_where_agents_die_and_the_mean_is_of_the_living(make_run, opinions) -> None:
    alive = np.ones((6, 2, 4), dtype=bool)
    alive[3:, 0, 1] = alive[5:, 0] = False
    series = columns({"birds.opinion": opinions, "birds.alive": alive})
    (axes,) = Trajectories().draw(make_run(series={"panel": series})).axes
    mean = np.asarray(axes.lines[0].get_ydata())
    assert np.allclose(mean[:3], opinions[:3, 0, :, 0].mean(1))
    assert np.allclose(mean[3:5], opinions[3:5, 0][:, [0, 2, 3], 0].mean(1))
    assert np.isnan(mean[5])
    lines = next(each for each in axes.collections if isinstance(each, LineCollection))
    assert sorted(int(np.isfinite(line[:, 1]).sum()) for line in lines.get_segments()) == [
        3,
        5,
        5,
        5,
    ]
