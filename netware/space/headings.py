"""Headings: unit vectors in the plane or in space, turned, drawn and tilted by noise."""

from math import cos, tau

import torch
from jaxtyping import Float
from torch import Tensor


def into_frame(
    vectors: Float[Tensor, "agents 2"], heading: Float[Tensor, "agents 2"]
) -> Float[Tensor, "agents 2"]:
    """Returns vectors as each agent sees them: what lies ahead, then what lies to the left."""
    (x, y), (ahead, left) = vectors.unbind(1), heading.unbind(1)
    return torch.stack([ahead * x + left * y, ahead * y - left * x], 1)


def out_of_frame(
    seen: Float[Tensor, "agents 2"], heading: Float[Tensor, "agents 2"]
) -> Float[Tensor, "agents 2"]:
    """Returns what each agent sees as vectors of the plane; undoes `into_frame`."""
    (x, y), (ahead, left) = seen.unbind(1), heading.unbind(1)
    return torch.stack([ahead * x - left * y, left * x + ahead * y], 1)


def towards(
    total: Float[Tensor, "agents space"], heading: Float[Tensor, "agents space"]
) -> Float[Tensor, "agents space"]:
    """Returns the direction of each sum, the old heading where the sum is 0."""
    length = total.norm(dim=1, keepdim=True)
    return torch.where(length > 0, total / length, heading)


def tilted(
    mean: Float[Tensor, "agents space"],
    unit: Float[Tensor, "agents ..."],
    noise: float | Float[Tensor, " agents"],
) -> Float[Tensor, "agents space"]:
    """Returns headings within noise/2 of the mean: uniform in the angle, or in the cone."""
    if unit.dim() == 1:
        angle = noise * (unit - 0.5)
        (x, y), across, along = mean.unbind(1), angle.sin(), angle.cos()
        return torch.stack([along * x - across * y, across * x + along * y], 1)
    least = (noise / 2).cos() if isinstance(noise, Tensor) else cos(noise / 2)
    along = 1 - unit[:, 0] * (1 - least)
    across, around = (1 - along.square()).clamp(min=0).sqrt(), tau * unit[:, 1]
    one, other = perpendicular(mean)
    off = around.cos()[:, None] * one + around.sin()[:, None] * other
    return along[:, None] * mean + across[:, None] * off


def anywhere(unit: Float[Tensor, "agents ..."]) -> Float[Tensor, "agents space"]:
    """Returns uniform directions from uniform numbers: one in the plane, two in space."""
    if unit.dim() == 1:
        return torch.stack([(tau * unit).cos(), (tau * unit).sin()], 1)
    height, around = 2 * unit[:, 0] - 1, tau * unit[:, 1]
    across = (1 - height.square()).sqrt()
    return torch.stack([across * around.cos(), across * around.sin(), height], 1)


def perpendicular(
    axis: Float[Tensor, "agents 3"],
) -> tuple[Float[Tensor, "agents 3"], Float[Tensor, "agents 3"]]:
    """Returns two unit vectors perpendicular to each axis and to each other, with no branch.

    Source: Duff et al. (2017), J. Comput. Graph. Tech. 6, 1.
    """
    x, y, z = axis.unbind(1)
    sign = torch.where(z < 0, -torch.ones_like(z), torch.ones_like(z))
    a = -1 / (sign + z)
    b = x * y * a
    one = torch.stack([1 + sign * x.square() * a, sign * b, -sign * x], 1)
    return one, torch.stack([b, sign + y.square() * a, -y], 1)
