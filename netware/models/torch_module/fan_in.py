"""A start that asks for no construction: uniform within 1/sqrt(fan_in)."""

from collections.abc import Collection
from math import prod, sqrt

import torch
from torch import Tensor

from netware.draws import Stream


def drawn_by_fan_in(
    learning: dict[str, Tensor], differing: Collection[str], stream: Stream, dtype: torch.dtype
) -> dict[str, Tensor]:
    """Draws what differs between constructions as torch.nn.Linear does; keeps what does not."""
    agents, device = len(stream.words()), stream.keys.device
    weights = {
        name: values.to(device, dtype).expand(agents, *values.shape).clone()
        for name, values in learning.items()
    }
    drawn = [name for name in learning if name in differing]
    if not drawn:
        return weights
    counts = [learning[name].numel() for name in drawn]
    parts = stream.uniform(-1.0, 1.0, size=(sum(counts),), dtype=dtype).split(counts, 1)
    for name, part in zip(drawn, parts, strict=True):
        weights[name] = (part / sqrt(fan_in(name, learning))).reshape(weights[name].shape)
    return weights


def fan_in(name: str, learning: dict[str, Tensor]) -> int:
    """Returns how many numbers a parameter's unit sums: a bias has those of its weight."""
    shape = learning[name].shape
    inside = name.rpartition(".")[0]
    siblings = [
        values.shape
        for other, values in learning.items()
        if other.rpartition(".")[0] == inside and values.dim() > 1
    ]
    if len(shape) < 2 and siblings:
        shape = siblings[0]
    return prod(shape[1:]) if len(shape) > 1 else prod(shape)
