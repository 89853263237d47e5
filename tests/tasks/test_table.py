from pathlib import Path

import numpy as np
import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.tasks.table import Table


def made(table: Table, replicas: int = 2):
    return table.make("task", Draws.of(3, replicas), torch.float64)


def houses(folder: Path, rows: int = 50) -> Path:
    path = folder / "houses.csv"
    lines = ["rooms,age,value", *(f"{i},{i * 2.5 - 3},{i * 100}" for i in range(rows))]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_columns_are_inputs_or_targets_and_no_sample_is_in_both_parts(tmp_path) -> None:
    table = Table(str(houses(tmp_path)), ("value",))
    data = made(table)
    assert (table.input_size(), table.output_size()) == (2, 1)
    assert data.train.inputs.shape == (2, 40, 2) and data.test.targets.shape == (2, 10, 1)
    for part in (data.train, data.test):
        assert part.goal == "numbers"
        assert torch.equal(part.targets[..., 0], part.inputs[..., 0] * 100)
        assert torch.equal(part.inputs[..., 1], part.inputs[..., 0] * 2.5 - 3)
    seen = torch.cat([data.train.inputs[0, :, 0], data.test.inputs[0, :, 0]])
    assert seen.sort().values.tolist() == list(range(50))
    assert seen.tolist() != sorted(seen.tolist())


def test_inputs_are_scaled_by_the_training_samples(tmp_path) -> None:
    data = made(Table(str(houses(tmp_path)), ("value",), scale="standard"))
    assert data.train.inputs[0].mean(0).abs().max() < 1e-12
    assert (data.train.inputs[0].std(0, correction=0) - 1).abs().max() < 1e-12
    assert data.test.inputs[0].mean(0).abs().max() > 1e-3


def test_images_keep_their_split_and_labels_are_classes(tmp_path) -> None:
    rng = np.random.default_rng(1)
    path = tmp_path / "images.npz"
    arrays = {
        "x_train": rng.integers(0, 256, (30, 4, 5)).astype(np.uint8),
        "y_train": np.arange(30) % 3 * 2 + 1,
        "x_test": rng.integers(0, 256, (7, 4, 5)).astype(np.uint8),
        "y_test": np.arange(7) % 3 * 2 + 1,
    }
    np.savez(path, **arrays)
    table = Table(str(path), kind="classes", scale="unit")
    data = made(table)
    assert (table.input_size(), table.output_size()) == (20, 3)
    wanted = torch.from_numpy(arrays["x_test"].reshape(7, 20) / arrays["x_train"].max())
    assert torch.allclose(data.test.inputs[1], wanted)
    assert data.train.targets[0].argmax(1).tolist() == [i % 3 for i in range(30)]
    assert data.train.goal == "classes" and data.train.inputs.shape == (2, 30, 20)


def test_a_file_that_is_not_there_is_refused(tmp_path) -> None:
    with pytest.raises(ScenarioError) as error:
        made(Table("nowhere/mnist.npz"))
    assert str(error.value) == (
        "tasks.task.path: 'nowhere/mnist.npz', which is no file\n"
        "  expected: a .csv, .tsv, .txt or .npz file, from the folder of the scenario\n"
        "  fix: put the file there, or write where it is; netware downloads nothing"
    )


def test_files_that_hold_something_else_are_refused(tmp_path) -> None:
    path = houses(tmp_path)
    with pytest.raises(ScenarioError) as error:
        made(Table(str(path), ("price",)))
    assert str(error.value) == (
        "tasks.task.targets: P-FILE 'houses.csv': no column 'price'\n"
        "  expected: one of rooms, age, value\n"
        "  fix: write another 'targets'"
    )
    path.write_text("rooms,value\n1,2\n3,near\n")
    with pytest.raises(ScenarioError) as error:
        made(Table(str(path), ("value",)))
    assert "houses.csv:3: 'near' in 'value'" in str(error.value)
    path.write_text("rooms,value\n1,2\n")
    with pytest.raises(ScenarioError) as error:
        made(Table(str(path), ("value",)))
    assert "1 samples" in str(error.value)
    other = tmp_path / "other.npz"
    np.savez(other, images=np.zeros(3))
    with pytest.raises(ScenarioError) as error:
        made(Table(str(other)))
    assert "'other.npz': arrays images" in str(error.value)
    np.savez(other, inputs=np.zeros((3, 2)), targets=np.array([1.0, np.nan, 2.0]))
    with pytest.raises(ScenarioError) as error:
        made(Table(str(other)))
    assert "some not finite" in str(error.value)
