"""One-hot: every input is its number."""

import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.tasks.one_hot import OneHot


def test_inputs_are_numbers_and_targets_their_classes() -> None:
    task = OneHot(labels=(0, 0, 2))
    data = task.make("kinds", Draws.of(1, replicas=2), torch.float64)
    assert (task.input_size(), task.output_size()) == (3, 3)
    assert data.train.goal == "classes"
    for replica in range(2):
        assert torch.equal(data.train.inputs[replica], torch.eye(3, dtype=torch.float64))
        assert data.train.targets[replica].argmax(1).tolist() == [0, 0, 2]
    assert data.test is data.train
    assert data.train.inputs.stride(0) == 0


def test_labels_that_are_no_classes_are_refused() -> None:
    with pytest.raises(ScenarioError, match=r"(?s)class 100000.*count classes from 0"):
        OneHot(labels=(0, 100_000))
