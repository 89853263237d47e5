"""Run folders are read as they were written, and what is missing is said in words."""

import json

import numpy as np
import pytest

from netware.errors import StoreError
from netware.models.urn import Urn
from netware.record.reader import natural, open_run
from tests.analysis import conftest
from tests.analysis.conftest import columns, measured


make_run = conftest.make_run


def test_metrics_are_one_tidy_table_over_all_parts(make_run) -> None:
    values = np.arange(6.0).reshape(3, 2)
    run = make_run((measured("order", "order_parameter", values, every=5),))
    table = run.metrics
    assert list(table["step"]) == [0, 0, 5, 5, 10, 10]
    assert list(table["replica"]) == [0, 1, 0, 1, 0, 1]
    assert list(table["value"]) == list(values.ravel())
    assert set(table["probe"]) == {"order"}


def test_index_columns_are_kept_and_empty_where_they_mean_nothing(make_run) -> None:
    run = make_run(
        (
            measured("order", "order_parameter", [[1.0, 2.0]]),
            measured("shape", "entropy", np.ones((1, 2, 3)), axes=("layer",)),
        )
    )
    order = run.metrics[run.metrics["probe"] == "order"]
    shape = run.metrics[run.metrics["probe"] == "shape"]
    assert order["layer"].isna().all()
    assert sorted(shape["layer"].unique()) == [0, 1, 2]


def test_a_run_without_metrics_has_an_empty_table(make_run) -> None:
    assert make_run().metrics.empty


def test_states_of_one_replica_are_read_with_their_steps(make_run) -> None:
    position = np.random.default_rng(1).normal(size=(3, 2, 4, 2))
    run = make_run(series={"snapshots": columns({"birds.position": position}, every=5)})
    found = run.state("birds", "position", replica=1)
    assert np.allclose(found.values, position[:, 1])
    assert list(found["step"].values) == [0, 5, 10]
    assert run.has_column("birds", "position") and not run.has_column("birds", "heading")


def test_populations_of_different_sizes_are_read_side_by_side(make_run) -> None:
    series = columns({"birds.x": np.ones((2, 2, 4)), "fish.x": np.ones((2, 2, 7))})
    run = make_run(series={"panel": series})
    assert run.column("birds", "x", "panel").shape == (2, 2, 4)
    assert run.column("fish", "x", "panel").shape == (2, 2, 7)


def test_weights_of_one_agent_come_from_its_row_of_the_last_checkpoint(make_run) -> None:
    w = np.random.default_rng(2).normal(size=(8, 3, 2)).astype(np.float32)
    run = make_run(tensors={"populations/birds/weights/w1": w})
    found = run.weights("birds", agent=3, replica=1)
    assert np.array_equal(found["w1"], w[1 * 4 + 3])


def test_weights_are_sorted_as_people_count() -> None:
    w = np.zeros(1)
    assert list(natural({"w10": w, "w2": w, "b1": w})) == ["b1", "w2", "w10"]


def test_the_scenario_and_the_manifest_are_plain_values(make_run) -> None:
    run = make_run()
    assert run.scenario["populations"]["birds"]["agents"] == 4
    assert (run.version, run.commit, run.seed) == ("0.1.0", "0123456789abcdef+", "7")
    assert run.name == "flock/20260101T000000Z-abc"


def test_a_figure_is_drawn_by_name(make_run) -> None:
    run = make_run((measured("order", "order_parameter", np.ones((3, 2))),))
    assert run.figure("order_parameter").axes


def test_a_folder_that_is_no_run_names_the_newest_run_below_it(make_run) -> None:
    run = make_run()
    with pytest.raises(StoreError) as error:
        open_run(run.path.parent)
    assert "no manifest.json and resolved.yaml in it" in str(error.value)
    assert str(run.path) in str(error.value)
    with pytest.raises(StoreError, match="no such folder"):
        open_run(run.path / "nowhere")


def test_a_column_that_was_not_recorded_says_how_to_record_it(make_run) -> None:
    run = make_run(series={"snapshots": columns({"birds.heading": np.ones((2, 2, 4))})})
    with pytest.raises(StoreError) as error:
        run.column("birds", "headings")
    assert "did you mean 'birds.heading'?" in str(error.value)
    assert "record: {snapshots: 50}" in str(error.value)


def test_an_agent_or_replica_that_is_not_there_says_the_range(make_run) -> None:
    run = make_run(
        tensors={"populations/birds/weights/w1": np.ones((8, 1, 1), np.float32)},
        series={"snapshots": columns({"birds.x": np.ones((2, 2, 4))})},
    )
    with pytest.raises(StoreError, match="no agent 4\n  expected: 0 to 3"):
        run.weights("birds", agent=4)
    with pytest.raises(StoreError, match="no replica 2\n  expected: 0 to 1"):
        run.state("birds", "x", replica=2)
    with pytest.raises(StoreError, match="no population 'bird' \\(did you mean 'birds'"):
        run.weights("bird")


def test_no_checkpoint_and_no_weights_are_said(make_run) -> None:
    with pytest.raises(StoreError, match="no checkpoint"):
        make_run().weights("birds")


def test_agents_without_weights_are_said(make_run) -> None:
    run = make_run(tensors={"populations/birds/state/x": np.ones((8,), np.float32)})
    with pytest.raises(StoreError, match="agents without weights"):
        run.weights("birds")


@pytest.mark.parametrize("file", ["manifest.json", "metrics/part-000000.parquet"])
def test_a_damaged_file_is_named(make_run, file) -> None:
    run = make_run((measured("order", "order_parameter", [[1.0, 2.0]]),))
    (run.path / file).write_bytes(b"{ no")
    with pytest.raises(StoreError) as error:
        _ = open_run(run.path).metrics
    assert file in str(error.value) and "cannot be read" in str(error.value)


def test_a_manifest_that_is_no_mapping_is_refused(make_run) -> None:
    run = make_run()
    (run.path / "manifest.json").write_text(json.dumps([1, 2]))
    with pytest.raises(StoreError, match="not a mapping"):
        open_run(run.path)


def test_damaged_weights_and_agents_are_named(make_run) -> None:
    run = make_run(
        tensors={"populations/birds/weights/w1": np.ones((8, 1, 1), np.float32)},
        series={"snapshots": columns({"birds.x": np.ones((2, 2, 4))})},
    )
    file = next(run.path.glob("checkpoints/*/*.safetensors"))
    file.write_bytes(b"broken")
    with pytest.raises(StoreError, match="safetensors: cannot be read"):
        run.weights("birds")
    (run.path / "agents.zarr" / "snapshots" / "zarr.json").write_text("{")
    (run.path / "agents.zarr" / "zarr.json").write_text("{")
    with pytest.raises(StoreError, match=r"agents\.zarr/snapshots: cannot be read"):
        _ = open_run(run.path).agents


def test_whom_weights_join_is_read_from_the_last_checkpoint(make_run, tmp_path) -> None:
    model = Urn(2, 1, 7, 3)
    run = make_run(scenario={"populations": {"nets": {"agents": 1}}}, models={"nets": model})
    assert run.connections("nets") == model.connections()
    with pytest.raises(StoreError, match="no population 'birds'"):
        run.connections("birds")
    older = make_run(at=tmp_path / "runs" / "flock" / "older", tensors={"x": np.ones(1)})
    assert older.all_connections == {}
    with pytest.raises(StoreError) as error:
        older.connections("birds")
    assert "does not say which units the weights join" in str(error.value)
