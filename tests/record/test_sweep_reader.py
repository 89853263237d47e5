"""Sweeps: parameters against quantities, from the plan or from what differs between runs."""

import json

import numpy as np
import pytest

from netware.errors import StoreError
from netware.record.reader import Run
from netware.record.sweep_reader import Sweep, open_any, open_sweep
from tests.analysis import conftest
from tests.analysis.conftest import measured


make_run = conftest.make_run


def write_sweep(make_run, folder, noises=(0.0, 1.0, 2.0)) -> None:
    """Three runs whose order is 1 - noise / 10 in replica 0 and 0.1 less in replica 1."""
    for number, noise in enumerate(noises):
        order = np.tile([1 - noise / 10, 0.9 - noise / 10], (11, 1))
        make_run(
            (measured("order", "order_parameter", order),),
            {"seed": number, "rules": {"fly": {"type": "vicsek", "noise": noise}}},
            at=folder / f"run-{number:04d}",
        )


def test_parameters_are_what_differs_between_runs_but_not_seeds(make_run, tmp_path) -> None:
    write_sweep(make_run, tmp_path / "s")
    sweep = open_sweep(tmp_path / "s")
    assert list(sweep.parameters.columns) == ["rules.fly.noise"]
    assert list(sweep.parameters["rules.fly.noise"]) == [0.0, 1.0, 2.0]


def test_parameters_stand_in_the_plan_where_there_is_one(make_run, tmp_path) -> None:
    write_sweep(make_run, tmp_path / "s")
    runs = [{"run": f"run-{k:04d}", "values": {"a.b": [k, k], "seed": k}} for k in range(3)]
    (tmp_path / "s" / "sweep.json").write_text(json.dumps({"runs": runs}))
    assert list(open_sweep(tmp_path / "s").parameters["a.b"]) == ["[0, 0]", "[1, 1]", "[2, 2]"]
    assert list(open_sweep(tmp_path / "s").parameters.columns) == ["a.b"]


def test_values_have_one_row_a_replica(make_run, tmp_path) -> None:
    write_sweep(make_run, tmp_path / "s")
    values = open_sweep(tmp_path / "s").values("order", "order_parameter")
    assert len(values) == 6
    chosen = values[(values["rules.fly.noise"] == 2.0) & (values["replica"] == 1)]
    assert chosen["value"].item() == pytest.approx(0.7)


def test_the_table_joins_parameters_and_quantities(make_run, tmp_path) -> None:
    write_sweep(make_run, tmp_path / "s")
    table = open_sweep(tmp_path / "s").table
    assert {"rules.fly.noise", "run", "replica", "order.order_parameter"} == set(table.columns)
    assert len(table) == 6


def test_runs_with_nothing_to_read_are_named(make_run, tmp_path) -> None:
    write_sweep(make_run, tmp_path / "s")
    make_run(at=tmp_path / "s" / "run-0003")
    sweep = open_sweep(tmp_path / "s")
    assert len(sweep.runs) == 3 and sweep.failed == ("run-0003",)


def test_open_any_tells_runs_from_sweeps(make_run, tmp_path) -> None:
    write_sweep(make_run, tmp_path / "s")
    assert isinstance(open_any(tmp_path / "s"), Sweep)
    assert isinstance(open_any(tmp_path / "s" / "run-0001"), Run)


def test_runs_that_differ_in_nothing_are_a_sweep_without_parameters(make_run, tmp_path) -> None:
    write_sweep(make_run, tmp_path / "s", noises=(1.0, 1.0))
    sweep = open_sweep(tmp_path / "s")
    assert sweep.parameters.shape == (2, 0)
    assert len(sweep.values("order", "order_parameter")) == 4


def test_what_is_no_sweep_is_refused_in_words(make_run, tmp_path) -> None:
    run = make_run()
    with pytest.raises(StoreError, match="one run, not a sweep"):
        open_sweep(run.path)
    with pytest.raises(StoreError, match="no such folder"):
        open_sweep(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(StoreError, match="no run with metrics in it"):
        open_sweep(tmp_path / "empty")


def test_runs_of_two_scenarios_are_no_sweep(make_run, tmp_path) -> None:
    for name in ("ants", "bees"):
        make_run((measured("a", "b", [[1.0, 1.0]]),), {"name": name}, at=tmp_path / "s" / name)
    with pytest.raises(StoreError, match="runs of ants, bees"):
        open_sweep(tmp_path / "s")


def test_a_quantity_that_was_not_measured_is_refused(make_run, tmp_path) -> None:
    write_sweep(make_run, tmp_path / "s")
    with pytest.raises(StoreError, match=r"did you mean 'order.order_parameter'\?"):
        open_sweep(tmp_path / "s").values("order", "order_parametre")
