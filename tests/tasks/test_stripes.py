import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from netware.draws import Draws
from netware.tasks.stripes import Stripes


def along(task: Stripes, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns points, labels and the direction, which least squares finds from the stripes."""
    data = task.make("s", Draws.of(seed), torch.float64)
    x, label = data.train.inputs[0].numpy(), data.train.targets[0].argmax(1).numpy()
    stripe = np.arange(len(x)) % task.stripes
    u = np.linalg.lstsq(x, (2 * stripe + 1) / task.stripes - 1, rcond=None)[0]
    return x, label, u / np.linalg.norm(u)


@pytest.mark.parametrize(("stripes", "dimensions"), [(2, 2), (3, 2), (6, 3), (5, 1)])
def test_classes_take_turns_along_one_direction(stripes: int, dimensions: int) -> None:
    task = Stripes(stripes, dimensions, margin=0.2, train=3000, test=10)
    x, label, u = along(task)
    # The direction is known only to the scatter of the fit, so points near a border are left out.
    t = (x @ u + 1) * stripes / 2
    inside = np.abs(t - np.floor(t) - 0.5) < 0.3
    assert inside.mean() > 0.6
    assert (np.floor(t[inside]) % 2 == label[inside]).all()
    assert np.abs(x @ u).max() < 1.1
    if dimensions > 1:
        assert (np.abs(x) < 1 + dimensions).all() and np.linalg.matrix_rank(x) == dimensions


def test_stripes_have_empty_borders_and_are_equally_full() -> None:
    task = Stripes(4, 1, margin=0.5, train=4000, test=10)
    x, label, u = along(task)
    t = (x @ u + 1) * 2
    assert abs(t - np.floor(t) - 0.5).max() <= 0.25 + 1e-9
    assert np.bincount(np.floor(t).astype(int)).tolist() == [1000] * 4
    assert label.mean() == 0.5


def test_two_stripes_can_be_told_apart_by_a_plane_and_three_cannot() -> None:
    share = {}
    for stripes in (2, 3, 6):
        x, label, _ = along(Stripes(stripes, 3, train=2000, test=10))
        share[stripes] = LogisticRegression().fit(x, label).score(x, label)
    assert share[2] == 1.0
    # Of three stripes a plane gets two right at best.
    assert share[3] < 0.7 and share[6] < 0.7


def test_tasks_of_one_replica_share_their_direction_and_not_their_points() -> None:
    two, four = (Stripes(n, 2, margin=0.9, train=4000, test=10) for n in (2, 4))
    _, _, u = along(two)
    _, _, v = along(four)
    _, _, other = along(two, seed=2)
    assert abs(u @ v) > 0.99 and abs(u @ other) < 0.99
    data = two.make("s", Draws.of(1, 2), torch.float32)
    again = two.make("t", Draws.of(1), torch.float32)
    assert not torch.equal(data.train.inputs[0], data.train.inputs[1])
    assert not torch.equal(data.train.inputs[0], again.train.inputs[0])
    single = two.make("s", Draws.of(1), torch.float32)
    assert torch.equal(data.train.inputs[0], single.train.inputs[0])
