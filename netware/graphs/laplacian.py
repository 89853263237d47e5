"""Diffusion along edges: the Laplacian as one sparse product."""

import torch
from torch import Tensor

from netware.edges import Edges


def diffused(edges: Edges, x: Tensor, gain: float | Tensor, heard: Tensor | None = None) -> Tensor:
    """Returns x - gain L y in one sparse product; y is x, or what is `heard` in its place.

    A gain of each agent's own is a tensor that broadcasts over x.
    """
    y = x if heard is None else heard
    minus_laplacian = edges.minus_laplacian(x.dtype)
    if isinstance(gain, Tensor):
        moved = minus_laplacian @ y.reshape(len(y), -1)
        return x + gain * moved.view_as(x)
    if x.dim() == 1:
        return torch.addmv(x, minus_laplacian, y, alpha=gain)
    return torch.addmm(x.flatten(1), minus_laplacian, y.flatten(1), alpha=gain).view_as(x)


def diffused_at(edges: Edges, x: Tensor, gain: float | Tensor, active: Tensor) -> Tensor:
    """Returns x - gain L x of those who act alone, whatever others act beside them."""
    own, strength = x[active], edges.strength(x.dtype)[active]
    heard = edges.into(active).in_columns(x)
    return own + gain * (heard - strength.view(-1, *[1] * (x.dim() - 1)) * own)
