"""Recall: images are the recorded states, overlaps are computed from them."""

import numpy as np
import pytest

from netware.analysis.figures.recall import Recall
from tests.analysis.conftest import columns, measured


@pytest.fixture
def memories():
    rng = np.random.default_rng(13)
    target = np.broadcast_to(rng.choice([-1.0, 1.0], 64), (6, 2, 4, 64))
    cue = np.broadcast_to(target[:1] * rng.choice([1, 1, 1, -1], (1, 2, 4, 64)), target.shape)
    held = np.stack([cue[0], *(target[0] * rng.choice([1, 1, 1, -1], (4, 2, 4, 64))), target[0]])
    return cue, held, target


@pytest.fixture
def run(make_run, memories):
    cue, held, target = memories
    m = (held * target).mean(-1)
    vote = (np.sign(held.mean(2)) * target[:, :, 0]).mean(-1)
    readings = (
        measured("recalls", "group", vote),
        measured("recalls", "best", m.max(-1)),
        measured("recalls", "mean", m.mean(-1)),
    )
    series = columns({"birds.input": cue, "birds.output": held, "birds.target": target})
    probes = {"recalls": {"type": "overlap", "on": "birds"}}
    return make_run(readings, {"probes": probes}, series={"snapshots": series})


def images(figure) -> list:
    return [axes for axes in figure.axes if axes.images]


def test_images_are_cue_states_and_target_of_each_agent_and_the_group(run, memories) -> None:
    cue, held, target = memories
    shown = images(Recall(agents=2, replica=1).draw(run))
    assert len(shown) == 3 * 5
    pixels = [np.asarray(axes.images[0].get_array()).ravel() for axes in shown]
    assert np.array_equal(pixels[0], cue[0, 1, 0])
    assert np.array_equal(pixels[3], held[-1, 1, 0])
    assert np.array_equal(pixels[4], target[0, 1, 0])
    assert np.array_equal(pixels[5], cue[0, 1, 1])
    assert np.allclose(pixels[10], cue[0, 1].mean(0))
    titles = [axes.get_title() for axes in shown[:5]]
    assert titles[0] == "shown" and titles[3] == "t = 5" and titles[4] == "stored"


def test_overlaps_stand_below_and_that_of_the_group_is_its_votes(run, memories) -> None:
    cue, _, target = memories
    shown = images(Recall(agents=1).draw(run))
    own = (cue[0, 0, 0] * target[0, 0, 0]).mean()
    vote = (np.sign(cue[0, 0].mean(0)) * target[0, 0, 0]).mean()
    assert shown[0].get_xlabel() == f"m = {own:.2f}"
    assert shown[5].get_xlabel() == f"m = {vote:.2f}"
    assert shown[3].get_xlabel() == "m = 1.00" and shown[4].get_xlabel() == ""


def test_curves_are_those_of_group_best_and_mean(run) -> None:
    figure = Recall().draw(run)
    axes = figure.axes[-1]
    assert [text.get_text() for text in axes.texts] == ["group's vote", "best agent", "mean agent"]
    for line, quantity in zip(axes.lines, ("group", "best", "mean"), strict=True):
        rows = run.metrics[run.metrics["quantity"] == quantity]
        assert np.allclose(line.get_ydata(), rows.groupby("step")["value"].median())


def test_agents_that_were_shown_different_patterns_make_no_group(make_run, memories) -> None:
    cue, held, _ = memories
    own = np.random.default_rng(14).choice([-1.0, 1.0], held.shape)
    series = columns({"birds.input": cue, "birds.output": held, "birds.target": own})
    run = make_run(series={"snapshots": series})
    shown = images(Recall(agents=2).draw(run))
    assert len(shown) == 2 * 5
    assert not any(axes.get_ylabel() == "group" for axes in shown)


def test_it_applies_to_square_images_alone(make_run, memories, run, tmp_path) -> None:
    assert Recall().applies(run)
    series = columns(
        {f"birds.{name}": np.ones((2, 2, 4, 7)) for name in ("input", "output", "target")}
    )
    oblong = make_run(series={"snapshots": series}, at=tmp_path / "oblong")
    assert not Recall().applies(oblong)
    assert not Recall().applies(make_run(at=tmp_path / "none"))
