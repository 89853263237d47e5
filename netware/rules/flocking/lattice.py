"""Functions of the alpha-lattice: a smooth distance, a bump and an action that vanishes at d.

Source of all: Olfati-Saber (2006), IEEE Trans. Autom. Control 51, 401,
doi:10.1109/TAC.2005.864190.
"""

from math import pi, sqrt

import torch
from jaxtyping import Float
from torch import Tensor


def sigma_norm(square: Float[Tensor, "*pairs"], epsilon: float) -> Float[Tensor, "*pairs"]:
    """Returns (sqrt(1 + epsilon r^2) - 1) / epsilon of squared distances."""
    return ((1 + epsilon * square).sqrt() - 1) / epsilon


def sigma_of(distance: float, epsilon: float) -> float:
    """Returns the same of one distance."""
    return (sqrt(1 + epsilon * distance**2) - 1) / epsilon


def bump(z: Float[Tensor, "*pairs"], h: float) -> Float[Tensor, "*pairs"]:
    """Returns rho_h: 1 up to h, falling smoothly to 0 at 1."""
    phase = ((z - h) / (1 - h)).clamp(0, 1)
    return (1 + (pi * phase).cos()) / 2


def slope(z: Float[Tensor, "*pairs"]) -> Float[Tensor, "*pairs"]:
    """Returns sigma_1(z) = z / sqrt(1 + z^2)."""
    return z / (1 + z.square()).sqrt()


def action(
    z: Float[Tensor, "*pairs"], range_: float, distance: float, h: float, a: float, b: float
) -> Float[Tensor, "*pairs"]:
    """Returns phi_alpha(z) = rho_h(z / r_alpha) phi(z - d_alpha): negative pushes, positive pulls.

    phi(z) = ((a + b) sigma_1(z + c) + a - b) / 2 with c = |a - b| / sqrt(4 a b), so phi(0) = 0.
    """
    c = abs(a - b) / sqrt(4 * a * b)
    phi = ((a + b) * slope(z - distance + c) + (a - b)) / 2
    return bump(z / range_, h) * phi


def repulsion(z: Float[Tensor, "*pairs"], distance: float, h: float) -> Float[Tensor, "*pairs"]:
    """Returns phi_beta(z) = rho_h(z / d_beta) (sigma_1(z - d_beta) - 1), which only pushes."""
    return bump(z / distance, h) * (slope(z - distance) - 1)


def shadows(
    gap: Float[Tensor, "agents obstacles space"],
    velocity: Float[Tensor, "agents space"],
    radius: Float[Tensor, " obstacles"],
) -> tuple[Float[Tensor, "agents obstacles space"], Float[Tensor, "agents obstacles space"]]:
    """Returns the beta-agents: each agent's way to the nearest point of each ball, and its motion.

    `gap` is the way from the centre of each ball to the agent.
    """
    away = torch.nn.functional.normalize(gap, dim=-1)
    mu = radius[:, None] / gap.norm(dim=-1, keepdim=True).clamp(min=1e-12)
    along = velocity[:, None] - (velocity[:, None] * away).sum(-1, keepdim=True) * away
    return radius[:, None] * away - gap, mu * along
