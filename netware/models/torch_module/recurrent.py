"""Recurrent layers of PyTorch's in operations that vmap takes, for all agents at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import linear


State = tuple[Tensor, ...]


def gru_cell(given: Tensor, state: State, w: Tensor, b: Tensor | None) -> State:
    """Computes h' = (1 - z) n + z h from x W_ih + b_ih of one time step and h."""
    (h,) = state
    r_x, z_x, n_x = given.chunk(3, -1)
    r_h, z_h, n_h = linear(h, w, b).chunk(3, -1)
    z = torch.sigmoid(z_x + z_h)
    n = torch.tanh(n_x + torch.sigmoid(r_x + r_h) * n_h)
    return ((1 - z) * n + z * h,)


def lstm_cell(
    given: Tensor, state: State, w: Tensor, b: Tensor | None, down: Tensor | None = None
) -> State:
    """Computes c' = f c + i g and h' = o tanh(c'), projected if there is a projection."""
    h, c = state
    i, f, g, o = (given + linear(h, w, b)).chunk(4, -1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    h = torch.sigmoid(o) * torch.tanh(c)
    return (h if down is None else linear(h, down)), c


def plain_cell(
    given: Tensor, state: State, w: Tensor, b: Tensor | None, by: Callable[[Tensor], Tensor]
) -> State:
    """Computes h' = f(x W_ih + b_ih + h W_hh + b_hh)."""
    return (by(given + linear(state[0], w, b)),)


def cell_of(part: torch.nn.RNNBase, suffix: str) -> Callable[..., State]:
    """Returns what one layer of a recurrent part does in a time step."""
    if part.mode == "GRU":
        return gru_cell
    if part.mode == "LSTM":
        down = getattr(part, f"weight_hr{suffix}") if part.proj_size else None
        return partial(lstm_cell, down=down)
    return partial(plain_cell, by=torch.relu if part.mode == "RNN_RELU" else torch.tanh)


def time_by_time(part: torch.nn.RNNBase, x: Tensor, hx: Any = None) -> tuple[Tensor, Any]:
    """Computes what nn.RNN, nn.GRU or nn.LSTM compute, time step by time step.

    PyTorch's own kernels have no rule for vmap; these operations have. Sequences that are packed,
    and dropout between layers in training, are none of theirs.
    """
    if not isinstance(x, Tensor) or (part.training and part.dropout):
        raise TypeError(f"{type(part).__name__} in training or of packed sequences")
    alone, lstm = x.dim() == 2, part.mode == "LSTM"
    if alone:
        x = x.unsqueeze(1)
    elif part.batch_first:
        x = x.transpose(0, 1)
    ways = 2 if part.bidirectional else 1
    begun = initial_state(part, x, ways) if hx is None else (hx if lstm else (hx,))
    if alone and hx is not None:
        begun = tuple(one.unsqueeze(1) for one in begun)
    ended: list[State] = []
    for layer in range(part.num_layers):
        sides = []
        for way in range(ways):
            own = tuple(one[layer * ways + way] for one in begun)
            y, last = passed(part, x, own, f"_l{layer}{'_reverse' if way else ''}", bool(way))
            sides.append(y)
            ended.append(last)
        x = torch.cat(sides, -1)
    last = tuple(torch.stack(each) for each in zip(*ended, strict=True))
    if alone:
        x, last = x.squeeze(1), tuple(one.squeeze(1) for one in last)
    elif part.batch_first:
        x = x.transpose(0, 1)
    return x, (last if lstm else last[0])


def initial_state(part: torch.nn.RNNBase, x: Tensor, ways: int) -> State:
    """Returns zeros for h, and for the c of an LSTM."""
    sizes = [part.proj_size or part.hidden_size, *([part.hidden_size] * (part.mode == "LSTM"))]
    return tuple(x.new_zeros(part.num_layers * ways, x.shape[1], size) for size in sizes)


def passed(
    part: torch.nn.RNNBase, x: Tensor, state: State, suffix: str, backwards: bool
) -> tuple[Tensor, State]:
    """Returns the answers of one layer in one direction `[time, samples, units]`, and its end."""
    cell, w = cell_of(part, suffix), getattr(part, f"weight_hh{suffix}")
    b_x, b_h = (getattr(part, f"bias_{kind}{suffix}") if part.bias else None for kind in BIASES)
    given = linear(x, getattr(part, f"weight_ih{suffix}"), b_x)
    answers = []
    times = range(len(x) - 1, -1, -1) if backwards else range(len(x))
    for time in times:
        state = cell(given[time], state, w, b_h)
        answers.append(state[0])
    return torch.stack(answers[::-1] if backwards else answers), state


def one_step(part: torch.nn.RNNCellBase, x: Tensor, hx: Any = None) -> Any:
    """Computes what nn.RNNCell, nn.GRUCell or nn.LSTMCell compute, `[batch, units]` or one row."""
    lstm = isinstance(part, torch.nn.LSTMCell)
    zero = x.new_zeros(*x.shape[:-1], part.hidden_size)
    state = ((zero, zero) if lstm else (zero,)) if hx is None else (hx if lstm else (hx,))
    given = linear(x, part.weight_ih, part.bias_ih)
    if lstm:
        return lstm_cell(given, state, part.weight_hh, part.bias_hh)
    if isinstance(part, torch.nn.GRUCell):
        return gru_cell(given, state, part.weight_hh, part.bias_hh)[0]
    assert isinstance(part, torch.nn.RNNCell)
    by = torch.relu if part.nonlinearity == "relu" else torch.tanh
    return plain_cell(given, state, part.weight_hh, part.bias_hh, by)[0]


BIASES = ("ih", "hh")
LAYERS = (torch.nn.RNN, torch.nn.GRU, torch.nn.LSTM)
CELLS = (torch.nn.RNNCell, torch.nn.GRUCell, torch.nn.LSTMCell)
RECURRENT = {
    **{cls.forward: time_by_time for cls in LAYERS},
    **{cls.forward: one_step for cls in CELLS},
}


def recurrent_parts(module: torch.nn.Module) -> list[torch.nn.Module]:
    """Returns the parts that compute as one of PyTorch's recurrent layers or cells does."""
    # A compiled module has no forward to be asked for; none of them is a recurrent one.
    found = (part for part in module.modules() if isinstance(part, (*LAYERS, *CELLS)))
    return [part for part in found if type(part).forward in RECURRENT]


@contextmanager
def recurrence_unrolled(module: torch.nn.Module) -> Iterator[None]:
    """Lets the recurrent parts of a module compute by `time_by_time` or `one_step` in the block."""
    parts = recurrent_parts(module)
    for part in parts:
        part.__dict__["forward"] = partial(RECURRENT[type(part).forward], part)
    try:
        yield
    finally:
        for part in parts:
            del part.__dict__["forward"]
