import pytest
import torch

from netware.errors import ScenarioError
from netware.probes.consensus.tracking_error import TrackingError
from tests.rules.agreeing import numbers, world_of


def test_numbers_by_hand():
    x = torch.tensor([[1.0, 0.0], [0.0, 2.0], [3.0, 3.0], [3.0, 3.0]])
    s = torch.tensor([[0.0, 0.0], [0.0, 0.0], [3.0, 3.0], [3.0, 2.0]])
    found = TrackingError("people").read(world_of(x, column="estimate", replicas=2, signal=s))
    assert list(found) == list(TrackingError.quantities)
    assert found["tracking_error"].tolist() == pytest.approx([2.5**0.5, 0.5**0.5])
    assert found["joint_error"].tolist() == pytest.approx([(0.25 + 1) ** 0.5, 0.5])


def test_columns_of_different_shape_are_refused():
    world = world_of(numbers(1, 3), column="estimate", signal=numbers(2, 3, 2))
    with pytest.raises(ScenarioError) as refused:
        TrackingError("people").read(world)
    assert str(refused.value) == (
        "probes: TrackingError.signal: 'signal' of shape (2,) against () of 'estimate'\n"
        "  expected: as many numbers for each agent in both columns\n"
        "  fix: name two columns of the same shape"
    )
