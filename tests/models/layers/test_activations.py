from typing import get_args

import pytest
import torch

from netware.models.layers.activations import ACTIVATIONS, Activation


def test_every_name_that_may_be_written_has_a_function() -> None:
    assert set(ACTIVATIONS) == set(get_args(Activation))


@pytest.mark.parametrize("name", get_args(Activation))
def test_a_function_is_pytorch_s_of_that_name(name: Activation) -> None:
    x = torch.linspace(-8, 8, 101, dtype=torch.float64)
    theirs = {
        "identity": torch.nn.Identity(),
        "sin": torch.sin,
        "relu": torch.nn.ReLU(),
        "tanh": torch.nn.Tanh(),
        "sigmoid": torch.nn.Sigmoid(),
        "leaky_relu": torch.nn.LeakyReLU(),
        "elu": torch.nn.ELU(),
        "selu": torch.nn.SELU(),
        "gelu": torch.nn.GELU(),
        "silu": torch.nn.SiLU(),
        "softplus": torch.nn.Softplus(),
        "softsign": torch.nn.Softsign(),
        "hardtanh": torch.nn.Hardtanh(),
        "relu6": torch.nn.ReLU6(),
    }[name]
    before = x.clone()
    assert torch.equal(ACTIVATIONS[name](x), theirs(x))
    assert torch.equal(x, before)
