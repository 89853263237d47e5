"""What rules of motion share: who can move, and steps of second order in time."""

from collections.abc import Callable
from typing import Literal

from jaxtyping import Float
from torch import Tensor

from netware.errors import ShapeError
from netware.space.box import Space
from netware.world import World


Method = Literal["rk4", "euler"]
Force = Callable[[float, Tensor, Tensor], Tensor]


def check_moving(world: World, on: str, rule: str) -> Space:
    """Returns the space, or refuses agents without a position and a velocity in it."""
    population, space = world[on], world.needs_space(f"rules.{rule}")
    for column in ("position", "velocity"):
        if population[column].shape[1:] != (space.dimensions,):
            wanted = "uniform" if column == "position" else "normal"
            raise ShapeError(
                f"populations.{on}.state.{column}",
                found=f"shape {tuple(population[column].shape[1:])} for each agent",
                expected=f"({space.dimensions},), the dimensions of the space",
                fix=f"write '{column}: {wanted}' under populations.{on}.state",
            )
    return space


def moved(
    position: Float[Tensor, "agents space"],
    velocity: Float[Tensor, "agents space"],
    force: Force,
    dt: float,
    method: Method,
) -> tuple[Float[Tensor, "agents space"], Float[Tensor, "agents space"]]:
    """Returns position and velocity a step later, dx/dt = v and dv/dt = force(time passed, x, v).

    `rk4` is Runge and Kutta's rule of fourth order; `euler` moves with the new velocity.
    """
    if method == "euler":
        later = velocity + dt * force(0.0, position, velocity)
        return position + dt * later, later
    a1 = force(0.0, position, velocity)
    v2 = velocity + dt / 2 * a1
    a2 = force(dt / 2, position + dt / 2 * velocity, v2)
    v3 = velocity + dt / 2 * a2
    a3 = force(dt / 2, position + dt / 2 * v2, v3)
    v4 = velocity + dt * a3
    a4 = force(dt, position + dt * v3, v4)
    way = dt / 6 * (velocity + 2 * v2 + 2 * v3 + v4)
    return position + way, velocity + dt / 6 * (a1 + 2 * a2 + 2 * a3 + a4)
