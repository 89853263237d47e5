"""Activity: neurons sorted by the iteration at which they are first active."""

import numpy as np
import pytest

from netware.analysis.figures.activity import Activity, activities, apart, by_first_activity
from netware.errors import StoreError
from netware.models.urn import Urn
from netware.record.reader import Run
from tests.analysis.conftest import measured


MODEL = Urn(2, 1, 7, 3)
# Neurons 0, 1 are inputs, 6 is the output; 2 is active from 2 on, 3 and 5 from 1 on, 4 never.
VALUES = np.array(
    [
        [0.5, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.1, 0.0, 0.9, 0.0],
        [0.0, 0.0, 0.7, 0.2, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.4, 0.0, 0.0, 0.0, 1.0],
    ]
)


def run(make_run, values: np.ndarray = VALUES, steps: int = 2, agents: int = 2) -> Run:
    """Writes a run whose last reading of agent 1 of replica 0 is `values`, all others twice it."""
    held = np.stack([np.stack([2 * values] * agents)] * 2)
    first = np.stack([held] * steps)
    first[-1, 0, 1] = values
    probe = {"type": "neuron_activity", "on": "nets", "task": "shells"}
    given = {
        "populations": {"nets": {"agents": agents}},
        "probes": {"seen": probe},
    }
    reading = measured("seen", "activity", first, ("agent", "iteration", "unit"), every=5)
    return make_run((reading,), given, models={"nets": MODEL})


def test_the_last_activities_of_the_agent_are_read(make_run) -> None:
    one = run(make_run)
    assert np.allclose(activities(one, "seen", 1, 0), VALUES)
    assert np.allclose(activities(one, "seen", 0, 0), 2 * VALUES)


def test_neurons_are_sorted_by_their_first_activity_and_silent_ones_left_out() -> None:
    found = [
        (block.name, block.neurons.tolist())
        for block in by_first_activity(VALUES, MODEL.recursion())
    ]
    assert found == [("input", [0, 1]), ("from 1", [5, 3]), ("from 2", [2]), ("output", [6])]


def test_every_active_neuron_is_a_row_in_that_order(make_run) -> None:
    figure = Activity(agent=1).draw(run(make_run))
    axes = figure.axes[0]
    image = np.asarray(axes.images[0].get_array())
    assert np.allclose(image, VALUES[:, [0, 1, 5, 3, 2, 6]].T)
    labels = [tick.get_text() for tick in axes.get_yticklabels()]
    assert labels == ["input  2", "from 1  2", "from 2  1", "output  1"]
    assert axes.get_ylabel() == "6 of 7 neurons"
    assert list(axes.get_xticks()) == [0, 1, 2, 3]
    assert figure.render("png", dpi=30)


def test_labels_of_thin_blocks_do_not_lie_on_each_other() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        places = np.sort(rng.uniform(0, 100, 6))
        moved = apart(places, 5.0)
        assert np.all(np.diff(moved) >= 5.0 - 1e-9)
        far = np.array([10.0, 30.0, 60.0])
        assert np.array_equal(apart(far, 5.0), far)


def test_it_applies_where_neurons_were_measured(make_run, tmp_path) -> None:
    assert Activity().applies(run(make_run))
    other = make_run(at=tmp_path / "runs" / "flock" / "other")
    assert not Activity().applies(other)
    with pytest.raises(StoreError, match="neuron_activity"):
        Activity().draw(other)


def test_an_agent_or_probe_that_is_not_there_is_refused(make_run) -> None:
    one = run(make_run)
    with pytest.raises(StoreError, match="no agent 9"):
        Activity(agent=9).draw(one)
    with pytest.raises(StoreError, match="did you mean 'seen'"):
        Activity(probe="sen").draw(one)
