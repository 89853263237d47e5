"""Small flocks with positions and velocities that the tests of flocking share."""

import torch

from netware.draws import Draws
from netware.population import Population
from netware.rules.base import AbstractRule, Acting
from netware.space.box import Space
from netware.world import World


def birds(
    position: torch.Tensor,
    velocity: torch.Tensor,
    replicas: int = 1,
    box: float = 100.0,
    periodic: bool = False,
    dt: float = 0.1,
    dtype: torch.dtype = torch.float64,
) -> World:
    """Returns birds at these places with these velocities."""
    state = {"position": position.to(dtype), "velocity": velocity.to(dtype)}
    flock = Population("birds", len(position) // replicas, replicas, state=state, dtype=dtype)
    space = Space(position.shape[1], box, periodic)
    return World(Draws.of(1, replicas), {"birds": flock}, space=space, dt=dt)


def swarm(
    agents: int,
    dimensions: int = 2,
    replicas: int = 1,
    box: float = 5.0,
    seed: int = 1,
    **world,
) -> World:
    """Returns birds anywhere in a box, with normal velocities."""
    chance = torch.Generator().manual_seed(seed)
    shape = (agents * replicas, dimensions)
    position = box * torch.rand(shape, generator=chance, dtype=torch.float64)
    velocity = torch.randn(shape, generator=chance, dtype=torch.float64)
    return birds(position, velocity, replicas, **{"box": box, **world})


def flown(world: World, rule: AbstractRule, steps: int = 1) -> World:
    """Returns the world after the rule was prepared and took some steps."""
    world = rule.prepare(world, Acting("fly"))
    for _ in range(steps):
        world = rule.apply(world, Acting("fly")).advanced()
    return world


def turn_of(dimensions: int, seed: int = 2) -> torch.Tensor:
    """Returns a rotation of the space."""
    chance = torch.Generator().manual_seed(seed)
    square = torch.randn(dimensions, dimensions, generator=chance, dtype=torch.float64)
    turned = torch.linalg.qr(square).Q
    return turned if torch.linalg.det(turned) > 0 else turned.flip(0)
