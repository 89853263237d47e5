from math import prod, sqrt
from typing import get_args

import pytest
import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.models.layers.initial import Initial, initial_weights, spread_of


SHAPES = {"w1": (40, 60), "b1": (60,), "w2": (60, 20), "b2": (20,)}
VARIANCE = {
    "uniform": (0.3**2 / 3, 0.3**2 / 3),
    "normal": (0.3**2, 0.3**2),
    "kaiming_normal": (2 / 40, 2 / 60),
    "kaiming_uniform": (2 / 40, 2 / 60),
    "xavier_normal": (2 / 100, 2 / 80),
    "xavier_uniform": (2 / 100, 2 / 80),
    "lecun_normal": (1 / 40, 1 / 60),
    "linear": (1 / 40 / 3, 1 / 60 / 3),
    "zeros": (0.0, 0.0),
}


def drawn(initial: Initial, agents: int = 50, seed: int = 3) -> dict[str, Tensor]:
    stream = Draws.of(seed).stream(Purpose.WEIGHTS, "p", agents)
    return initial_weights(SHAPES, initial, 0.3, stream, torch.float64)


@pytest.mark.parametrize("initial", get_args(Initial))
def test_weights_have_the_variance_of_their_name(initial: Initial) -> None:
    weights = drawn(initial)
    for name, variance in zip(("w1", "w2"), VARIANCE[initial], strict=True):
        numbers = weights[name]
        assert numbers.shape == (50, *SHAPES[name])
        # The variance of n deviates is known to about 5 sqrt(2 / n); at least 60 000 of them.
        tolerance = 5 * sqrt(2 / prod(numbers.shape))
        assert abs(numbers.var().item() - variance) <= variance * tolerance
        assert abs(numbers.mean().item()) <= 5 * sqrt(variance / prod(numbers.shape))


@pytest.mark.parametrize("initial", get_args(Initial))
def test_biases_are_zero_unless_drawn_like_their_weights(initial: Initial) -> None:
    weights = drawn(initial)
    half = {"uniform": (0.3, 0.3), "linear": (1 / sqrt(40), 1 / sqrt(60))}.get(initial, (0, 0))
    for name, width in zip(("b1", "b2"), half, strict=True):
        largest = weights[name].abs().max().item()
        assert largest <= width
        assert largest >= 0.99 * width


def test_linear_is_what_torch_s_linear_draws() -> None:
    layer = torch.nn.Linear(40, 60)
    half = spread_of("linear", 40, 60, 0.0)
    assert 0.98 * half < layer.weight.abs().max().item() <= half
    assert 0.9 * half < layer.bias.abs().max().item() <= half


def test_agents_differ_and_more_of_them_change_nobody() -> None:
    few, many = drawn("kaiming_normal", 4), drawn("kaiming_normal", 9)
    assert torch.equal(few["w1"], many["w1"][:4])
    assert not torch.equal(few["w1"][0], few["w1"][1])
    assert not torch.equal(few["w1"], drawn("kaiming_normal", 4, seed=4)["w1"])
