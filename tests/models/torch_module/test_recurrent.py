from typing import Any

import pytest
import torch

from netware.models.torch_module.foreign import is_leaf
from netware.models.torch_module.recurrent import (
    one_step,
    recurrence_unrolled,
    recurrent_parts,
    time_by_time,
)


OPTIONS: list[dict[str, Any]] = [
    {},
    {"num_layers": 2},
    {"num_layers": 2, "bidirectional": True, "batch_first": True},
    {"bias": False},
]
LAYERS = [(kind, options) for kind in ("RNN", "GRU", "LSTM") for options in OPTIONS]
LAYERS += [("RNN", {"nonlinearity": "relu"}), ("LSTM", {"proj_size": 3, "num_layers": 2})]


def same(one: Any, other: Any) -> None:
    torch.testing.assert_close(one, other, rtol=0, atol=1e-6)


@pytest.mark.filterwarnings("ignore:LSTM with projections")
@pytest.mark.parametrize(("kind", "options"), LAYERS, ids=str)
@pytest.mark.parametrize("shape", [(6, 3, 4), (6, 4)])
def test_layers_answer_as_pytorch_s_do(kind: str, options: dict, shape: tuple[int, ...]) -> None:
    layer = getattr(torch.nn, kind)(4, 5, **options).eval()
    x = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        wanted, last = layer(x)
        same(time_by_time(layer, x), (wanted, last))
        same(time_by_time(layer, x, last), layer(x, last))


@pytest.mark.parametrize(
    ("kind", "options"),
    [("RNNCell", {}), ("RNNCell", {"nonlinearity": "relu"}), ("GRUCell", {}), ("LSTMCell", {})],
)
@pytest.mark.parametrize("shape", [(3, 4), (4,)])
def test_cells_answer_as_pytorch_s_do(kind: str, options: dict, shape: tuple[int, ...]) -> None:
    cell = getattr(torch.nn, kind)(4, 5, **options)
    x = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        last = cell(x)
        same(one_step(cell, x), last)
        same(one_step(cell, x, last), cell(x, last))


def test_what_is_packed_or_in_training_is_left_to_pytorch() -> None:
    layer = torch.nn.GRU(4, 5, 2, dropout=0.5)
    with pytest.raises(TypeError, match="GRU in training"):
        time_by_time(layer, torch.zeros(6, 3, 4))


def test_parts_are_put_back_and_those_with_a_forward_of_their_own_left_alone() -> None:
    class Own(torch.nn.GRU):
        def forward(self, input, hx=None):
            return super().forward(2 * input, hx)

    module = torch.nn.ModuleList([torch.nn.GRU(2, 3), Own(2, 3), torch.nn.LSTMCell(2, 3)])
    assert recurrent_parts(module) == [module[0], module[2]]
    with pytest.raises(ZeroDivisionError), recurrence_unrolled(module):
        assert "forward" in vars(module[0]) and "forward" not in vars(module[1])
        raise ZeroDivisionError
    assert not any("forward" in vars(part) for part in module)


@pytest.mark.filterwarnings("ignore:`torch.jit")
def test_compiled_modules_are_passed_over() -> None:
    compiled: Any = torch.jit.trace(torch.nn.Linear(2, 3), torch.zeros(1, 2))
    module = torch.nn.Sequential(compiled, torch.nn.GRU(2, 3))
    assert recurrent_parts(module) == [module[1]]
    assert not is_leaf("0", module[0]) and is_leaf("1", module[1])
