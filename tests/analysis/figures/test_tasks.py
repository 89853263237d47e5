"""Tasks: a curve for each task that one population was measured on."""

import numpy as np
import pytest

from netware.analysis.figures.tasks import Tasks, several
from netware.errors import StoreError
from netware.record.reader import Run
from tests.analysis.conftest import measured


def probe(kind: str, population: str, task: str) -> dict[str, str]:
    return {"type": kind, "on": population, "task": task}


def run(make_run) -> Run:
    rng = np.random.default_rng(2)
    probes = {
        "first": probe("accuracy", "nets", "one"),
        "second": probe("accuracy", "nets", "two"),
        "depth_one": probe("depth_used", "nets", "one"),
        "depth_two": probe("depth_used", "nets", "two"),
        "other": probe("accuracy", "lone", "one"),
        "units": probe("capacity_used", "nets", "one"),
    }
    readings = tuple(measured(name, "mean", rng.uniform(0, 1, (11, 3))) for name in probes)
    rules = {
        "keep": {"type": "freeze", "on": "nets", "task": "one", "at": 4},
        "keep_lone": {"type": "freeze", "on": "lone", "task": "one", "at": 7},
    }
    given = {
        "replicas": 3,
        "populations": {"nets": {"agents": 1}, "lone": {"agents": 1}},
        "probes": probes,
        "rules": rules,
    }
    return make_run(readings, given)


def test_populations_with_several_tasks_are_found(make_run) -> None:
    found = several(run(make_run))
    assert [(one.population, one.kind, dict(one.probes)) for one in found] == [
        ("nets", "accuracy", {"one": "first", "two": "second"}),
        ("nets", "depth_used", {"one": "depth_one", "two": "depth_two"}),
    ]


def test_a_curve_is_the_median_over_replicas_and_is_called_by_its_task(make_run) -> None:
    one = run(make_run)
    figure = Tasks().draw(one)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["nets: accuracy", "nets: depth used"]
    axes = figure.axes[0]
    rows = one.metrics[(one.metrics["probe"] == "second")]
    wanted = rows.groupby("step")["value"].median().to_numpy()
    curves = [np.asarray(line.get_ydata()) for line in axes.lines]
    assert any(len(each) == 11 and np.allclose(each, wanted) for each in curves)
    assert {"one", "two"} <= {text.get_text() for text in axes.texts}
    assert figure.render("png", dpi=30)


def test_a_line_stands_where_the_population_put_a_task_away(make_run) -> None:
    axes = Tasks().draw(run(make_run)).axes[0]
    upright = [line for line in axes.lines if len(set(np.asarray(line.get_xdata()))) == 1]
    assert [float(np.asarray(line.get_xdata())[0]) for line in upright] == [5.0]


def test_it_applies_where_one_population_has_several_tasks(make_run, tmp_path) -> None:
    assert Tasks().applies(run(make_run))
    other = make_run(at=tmp_path / "runs" / "flock" / "other")
    assert not Tasks().applies(other)
    with pytest.raises(StoreError, match="measured on several tasks"):
        Tasks(population="lone").draw(run(lambda *p, **k: make_run(*p, at=tmp_path / "x", **k)))
