"""Losses and what counts as right, against PyTorch and by hand."""

import pytest
import torch

from netware.learning.losses import losses, resolved, right, verdict


def answers(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("samples", [1, 7])
@pytest.mark.parametrize("turned", [False, True])
def test_losses_are_those_of_pytorch(samples, turned):
    y, t = answers(3, samples, 4), answers(3, samples, 4, seed=1)
    if turned:
        y = y.transpose(1, 2).contiguous().transpose(1, 2)
    chosen = torch.nn.functional.one_hot(t.argmax(-1), 4).float()
    mse, entropy = losses(y, t, "mse"), losses(y, chosen, "cross_entropy")
    for agent in range(3):
        torch.testing.assert_close(mse[agent], torch.nn.MSELoss()(y[agent], t[agent]))
        expected = torch.nn.CrossEntropyLoss()(y[agent], t[agent].argmax(-1))
        torch.testing.assert_close(entropy[agent], expected)


def test_auto_is_cross_entropy_for_classes_alone():
    assert resolved("auto", "classes") == "cross_entropy"
    assert resolved("auto", "numbers") == resolved("auto", "patterns") == "mse"
    assert resolved("mse", "classes") == "mse"


def test_classes_are_right_by_the_largest_output():
    y = torch.tensor([[[0.1, 0.9], [2.0, 1.0], [3.0, 4.0]]])
    t = torch.tensor([[[0.0, 1.0], [0.0, 1.0], [0.0, 1.0]]])
    assert right(y, t, "classes").tolist() == [[True, False, True]]


def test_numbers_are_right_if_all_round_to_their_targets():
    y = torch.tensor([[[1.4, 2.0], [1.6, 2.0], [1.4, 2.6]]])
    t = torch.tensor([[[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]])
    assert right(y, t, "numbers").tolist() == [[True, False, False]]


def test_patterns_are_right_if_all_signs_are():
    y = torch.tensor([[[0.2, -3.0], [0.2, 3.0]]])
    t = torch.tensor([[[1.0, -1.0], [1.0, -1.0]]])
    assert right(y, t, "patterns").tolist() == [[True, False]]


def test_votes_count_heads_and_not_strength():
    y = torch.tensor([[[[9.0, 0.0]], [[0.0, 1.0]], [[0.0, 0.1]]]])
    assert verdict(y, "classes").tolist() == [[[1.0, 2.0]]]
    assert verdict(y, "numbers").allclose(torch.tensor([[[3.0, 1.1 / 3]]]))
