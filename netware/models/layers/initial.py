"""Initial weights under PyTorch's names, drawn by counter."""

from math import prod, sqrt
from typing import Literal

import torch
from torch import Tensor

from netware.draws import Stream


Initial = Literal[
    "uniform",
    "normal",
    "kaiming_normal",
    "kaiming_uniform",
    "xavier_normal",
    "xavier_uniform",
    "lecun_normal",
    "linear",
    "zeros",
]


def spread_of(initial: Initial, fan_in: int, fan_out: int, spread: float) -> float:
    """Returns the standard deviation (normal kinds) or half width (uniform kinds).

    kaiming: var 2 / fan_in; xavier: var 2 / (fan_in + fan_out); lecun: var 1 / fan_in;
    linear, as torch.nn.Linear: U(-1 / sqrt(fan_in), 1 / sqrt(fan_in)), biases too.
    """
    return {
        "uniform": spread,
        "normal": spread,
        "kaiming_normal": sqrt(2 / fan_in),
        "kaiming_uniform": sqrt(6 / fan_in),
        "xavier_normal": sqrt(2 / (fan_in + fan_out)),
        "xavier_uniform": sqrt(6 / (fan_in + fan_out)),
        "lecun_normal": sqrt(1 / fan_in),
        "linear": sqrt(1 / fan_in),
        "zeros": 0.0,
    }[initial]


def initial_weights(
    shapes: dict[str, tuple[int, ...]],
    initial: Initial,
    spread: float,
    stream: Stream,
    dtype: torch.dtype,
) -> dict[str, Tensor]:
    """Draws weights `[agents, in, out]` and, after each, its bias `[agents, out]`.

    Biases are zero, except under `uniform` and `linear`, which draw them like their weights.
    """
    counts = {name: prod(shape) for name, shape in shapes.items()}
    if initial in ("normal", "kaiming_normal", "xavier_normal", "lecun_normal"):
        drawn = stream.normal(size=(sum(counts.values()),), dtype=dtype)
    else:
        drawn = stream.uniform(-1.0, 1.0, size=(sum(counts.values()),), dtype=dtype)
    weights, half = {}, 0.0
    for (name, shape), part in zip(
        shapes.items(), drawn.split(list(counts.values()), 1), strict=True
    ):
        if len(shape) > 1:
            half = spread_of(initial, shape[-2], shape[-1], spread)
        scale = half if len(shape) > 1 or initial in ("uniform", "linear") else 0.0
        weights[name] = (part * scale).reshape(-1, *shape)
    return weights
