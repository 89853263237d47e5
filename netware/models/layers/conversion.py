"""Conversion: one wide hidden layer as a deep and narrow network that computes the same.

Source: Fan, Lai and Wang (2023), JMLR 24(183), on the quasi-equivalence of width and depth; the
construction here, exact on a box, is elementary.
"""

import torch
from torch import Tensor

from netware.errors import ScenarioError
from netware.models.base import AbstractModel, Weights
from netware.models.multilayer import Multilayer


def deep_model(wide: AbstractModel) -> Multilayer:
    """Returns the deep model: depth w and width d + outputs + 1, for w units and d inputs."""
    wide = multilayer(wide)
    if len(wide.widths) != 1 or wide.activation != "relu":
        raise ScenarioError(
            "model",
            found=f"widths {list(wide.widths)} of {wide.activation}",
            expected="one hidden layer of relu",
            fix="write 'widths: [8], activation: relu' for the wide network",
        )
    width = wide.inputs + wide.outputs + 1
    return Multilayer(wide.inputs, wide.outputs, (width,) * wide.widths[0])


def multilayer(model: AbstractModel) -> Multilayer:
    """Returns a model that is a multilayer, or says that it is none."""
    if not isinstance(model, Multilayer):
        raise ScenarioError(
            "model",
            found=f"a {type(model).__name__}",
            expected="a multilayer at both ends",
            fix="write 'model: {type: multilayer, ...}'",
        )
    return model


def deep_weights(wide: AbstractModel, weights: Weights, bound: float) -> dict[str, Tensor]:
    """Returns the weights with which `deep_model(wide)` equals `wide` for all |x_k| <= bound.

    y = sum_k v_k r_k + c,   r_k = relu(w_k . x + b_k),   k = 1 .. w. Hidden layer k holds
    d units x + B that carry the sample, one unit r_k that works, and for each output a unit
    A_k = S + sum_{j < k} v_j r_j that adds up. With B = bound and
    S = sum_k |v_k| (|w_k|_1 B + |b_k|), no carrying or adding unit ever falls below 0, where relu
    would change it.

    Args:
        wide: The wide model, one hidden layer of relu.
        weights: Its weights, agents first.
        bound: B, half the side of the box in which both are the same. [unit of the inputs]
    """
    wide = multilayer(wide)
    deep, (units,) = deep_model(wide), wide.widths
    shapes, d = deep.weight_shapes(), wide.inputs
    w, v = weights["w1"], weights["w2"]
    b = weights["b1"] if "b1" in weights else torch.zeros_like(w[:, 0])
    c = weights["b2"] if "b2" in weights else torch.zeros_like(v[:, 0])
    shift = ((w.abs().sum(1) * bound + b.abs())[:, :, None] * v.abs()).sum(1)
    made: dict[str, Tensor] = {
        name: torch.zeros((len(w), *shape), dtype=w.dtype, device=w.device)
        for name, shape in shapes.items()
    }
    eye = torch.eye(d, dtype=w.dtype, device=w.device)
    # The sample is carried as x + B, so that w . x = w . (x + B) - B sum w.
    lifted = b - bound * w.sum(1)
    for unit in range(units):
        into, bias = made[f"w{unit + 1}"], made[f"b{unit + 1}"]
        first = unit == 0
        into[:, :d, :d] = eye
        bias[:, :d] = bound if first else 0.0
        into[:, :d, d] = w[:, :, unit]
        bias[:, d] = b[:, unit] if first else lifted[:, unit]
        if first:
            bias[:, d + 1 :] = shift
        else:
            adding(into[:, d:, d + 1 :], v[:, unit - 1])
    adding(made[f"w{units + 1}"][:, d:], v[:, units - 1])
    made[f"b{units + 1}"] = c - shift
    return made


def adding(into: Tensor, v: Tensor) -> None:
    """Writes into fresh weights from (r, A) that A is kept and v r is added to it."""
    into[:, 0] = v
    into[:, 1:] = torch.eye(v.shape[1], dtype=v.dtype, device=v.device)
