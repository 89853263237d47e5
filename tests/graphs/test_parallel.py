import numpy as np
import pytest

from netware.graphs.parallel import combined


@pytest.mark.parametrize(
    ("combine", "expected"),
    [
        ("sum", [5, 4]),
        ("mean", [2.5, 4]),
        ("max", [3, 4]),
        ("min", [2, 4]),
        ("first", [3, 4]),
        ("last", [2, 4]),
        ("count", [2, 1]),
    ],
)
def test_edges_between_the_same_ends_become_one(combine, expected):
    source, target = np.array([0, 1, 0]), np.array([1, 0, 1])
    weight = np.array([3.0, 4.0, 2.0])
    found = combined(source, target, weight, combine)
    assert found[0].tolist() == [0, 1] and found[1].tolist() == [1, 0]
    assert found[2] is not None and found[2].tolist() == expected


def test_edges_without_weights_are_counted_by_their_sum():
    source, target = np.array([0, 0]), np.array([1, 1])
    assert combined(source, target, None, "first")[2] is None
    total = combined(source, target, None, "sum")[2]
    assert total is not None and total.tolist() == [2]
