import pytest
import torch
from sklearn.datasets import load_digits

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.tasks.digits import Digits


def test_the_images_are_scikit_learn_s_each_once() -> None:
    data = Digits(split=0.25).make("d", Draws.of(1), torch.float64)
    ours = torch.cat([data.train.inputs[0], data.test.inputs[0]]) * 16
    labels = torch.cat([data.train.targets[0], data.test.targets[0]]).argmax(1)
    images, digits = load_digits(return_X_y=True)
    rows = torch.cat([ours, labels[:, None]], 1).tolist()
    theirs = [
        [*image, digit] for image, digit in zip(images.tolist(), digits.tolist(), strict=True)
    ]
    assert sorted(rows) == sorted(theirs)
    assert len(data.test.inputs[0]) == round(0.25 * 1797)


def test_the_order_is_mixed_but_the_same_for_every_seed_and_replica() -> None:
    one = Digits().make("d", Draws.of(1, 3), torch.float32)
    other = Digits().make("other", Draws.of(2), torch.float32)
    assert torch.equal(one.train.inputs[2], other.train.inputs[0])
    labels = one.train.targets[0].argmax(1)
    assert labels[:20].tolist() != list(range(10)) * 2
    # All ten digits are about equally common in either part.
    for part in (one.train, one.test):
        share = part.targets[0].mean(0)
        assert share.min() > 0.06 and share.max() < 0.14


def test_replicas_share_one_copy() -> None:
    data = Digits().make("d", Draws.of(1, 100), torch.float32)
    assert data.train.inputs.shape == (100, 1438, 64)
    assert data.train.inputs.stride(0) == 0


def test_binary_pixels_are_plus_or_minus_one_by_threshold() -> None:
    grey = Digits().make("d", Draws.of(1), torch.float32).train.inputs
    binary = Digits(values="binary").make("d", Draws.of(1), torch.float32).train.inputs
    assert torch.equal(binary, torch.where(grey >= 0.5, 1.0, -1.0))
    dark = Digits(values="binary", threshold=0.9).make("d", Draws.of(1), torch.float32)
    assert dark.train.inputs.mean() < binary.mean()


def test_chosen_classes_keep_their_images_in_their_order() -> None:
    data = Digits(classes=(7, 1)).make("d", Draws.of(1), torch.float32)
    digits = torch.from_numpy(load_digits(return_X_y=True)[1])
    total = data.train.targets[0].sum(0) + data.test.targets[0].sum(0)
    assert total.tolist() == [(digits == 7).sum().item(), (digits == 1).sum().item()]
    everything = Digits().make("d", Draws.of(1), torch.float32)
    sevens = torch.cat([everything.test.inputs[0], everything.train.inputs[0]])[
        torch.cat([everything.test.targets[0], everything.train.targets[0]])[:, 7] == 1
    ]
    ours = torch.cat([data.test.inputs[0], data.train.inputs[0]])[
        torch.cat([data.test.targets[0], data.train.targets[0]])[:, 0] == 1
    ]
    assert torch.equal(ours, sevens)


def test_larger_images_are_interpolated_between_the_pixels() -> None:
    task = Digits(size=16)
    data = task.make("d", Draws.of(1), torch.float64)
    small = Digits().make("d", Draws.of(1), torch.float64).train.inputs[0].view(-1, 8, 8)
    large = data.train.inputs[0].view(-1, 16, 16)
    assert (task.input_size(), task.output_size()) == (256, 10)
    # At twice the size a new pixel lies a quarter of the way to the next old ones.
    between = 0.75 * small[:, :, 2] + 0.25 * small[:, :, 3]
    row = 0.75 * between[:, 4] + 0.25 * between[:, 5]
    assert torch.allclose(large[:, 9, 5], row)


def test_a_smaller_image_is_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        Digits(size=4)
    assert str(error.value) == (
        "size: 4\n  expected: 8, the side of the images, or more\n  fix: write 'size: 8'"
    )


def test_a_digit_named_twice_is_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        Digits(classes=(3, 1, 3))
    assert str(error.value) == (
        "classes: a digit twice in [3, 1, 3]\n  expected: each digit once\n  fix: write [1, 3]"
    )
