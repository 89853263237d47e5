"""Classes: agents with the same relations are rows side by side."""

import numpy as np
import pytest

from netware.analysis.figures.classes import Classes, sorted_by_class
from netware.errors import StoreError
from tests.analysis.conftest import columns, measured


SIGNATURE = np.array([[[0, 1, 0, 3, 1, 0]]])


def a_run(make_run, **arrays):
    given = {
        "replicas": 1,
        "populations": {"kin": {"agents": 6}},
        "probes": {"who": {"type": "relational_signature", "on": "kin"}},
    }
    readings = (measured("who", "signature", SIGNATURE, ("agent",)),)
    series = {"snapshots": columns(arrays)} if arrays else None
    return make_run(readings, given, series=series)


def test_the_largest_class_comes_first_and_those_alone_last() -> None:
    order, edges = sorted_by_class(SIGNATURE[0, 0])
    assert order.tolist() == [0, 2, 5, 1, 4, 3] and edges == (3, 5)


def test_rows_are_agents_by_class_and_columns_are_times(make_run) -> None:
    x = np.random.default_rng(3).normal(size=(4, 1, 6, 2)).astype(np.float32)
    figure = Classes(component=1).draw(a_run(make_run, **{"kin.output": x}))
    axes = figure.axes[0]
    drawn = np.asarray(axes.images[0].get_array())
    assert np.array_equal(drawn, x[:, 0, [0, 2, 5, 1, 4, 3], 1].T)
    assert [float(np.asarray(line.get_ydata())[0]) for line in axes.lines] == [3, 5]
    assert axes.get_title(loc="left") == "kin: output, agents by their relations"
    assert "2 classes of two and more, 6 agents" in [text.get_text() for text in figure.texts]


def test_it_applies_where_both_were_recorded(make_run) -> None:
    x = np.ones((4, 1, 6, 2))
    assert Classes().applies(a_run(make_run, **{"kin.output": x}))
    assert "one row an agent" in Classes().caption(a_run(make_run, **{"kin.output": x}))
    assert not Classes().applies(make_run(scenario={"name": "none"}))


def test_what_was_not_recorded_is_refused(make_run) -> None:
    run = a_run(make_run)
    assert not Classes().applies(run)
    with pytest.raises(StoreError) as caught:
        Classes().draw(run)
    message = str(caught.value)
    assert "no signature with the state 'output' of all its agents" in message
    assert "fix: write 'record: {snapshots: 1}' into the scenario" in message


def test_a_component_too_far_is_refused(make_run) -> None:
    run = a_run(make_run, **{"kin.output": np.ones((2, 1, 6, 2))})
    with pytest.raises(StoreError, match="no component 2"):
        Classes(component=2).draw(run)
