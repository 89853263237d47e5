"""Small worlds in which agents agree, that the tests of agreement share."""

import numpy as np
import torch
from torch import Tensor

from netware.draws import Draws
from netware.edges import Edges
from netware.population import Population
from netware.rules.base import AbstractRule, Acting
from netware.world import World


ACTING = Acting("agree")


def edges_of(matrix: np.ndarray, replicas: int = 1) -> Edges:
    """Makes edges j -> i of weight matrix[i, j], the same in every replica."""
    agents = len(matrix)
    target, source = (torch.from_numpy(one) for one in np.nonzero(matrix))
    offset = (torch.arange(replicas) * agents)[:, None]
    return Edges.from_pairs(
        (source + offset).flatten(),
        (target + offset).flatten(),
        agents * replicas,
        agents * replicas,
        torch.from_numpy(matrix[np.nonzero(matrix)]).repeat(replicas),
    )


def world_of(
    x: Tensor,
    *matrices: np.ndarray,
    replicas: int = 1,
    dt: float = 1.0,
    column: str = "output",
    seed: int = 3,
    **columns: Tensor,
) -> World:
    """Makes a world whose relations are `talks`, `talks1`, ... with these matrices of weights."""
    state = {column: x, **columns}
    people = Population("people", len(x) // replicas, replicas, state=state, dtype=x.dtype)
    edges = {
        f"talks{number or ''}": edges_of(matrix, replicas) for number, matrix in enumerate(matrices)
    }
    return World(Draws.of(seed, replicas), {"people": people}, edges=edges, dt=dt)


def after(world: World, rule: AbstractRule, steps: int = 1) -> World:
    """Takes steps in which nothing but the rule happens."""
    world = rule.prepare(world, ACTING)
    for _ in range(steps):
        world = rule.apply(world, ACTING).advanced()
    return world


def ring(agents: int) -> np.ndarray:
    """Returns the adjacency of a ring."""
    each = np.arange(agents)
    matrix = np.zeros((agents, agents))
    matrix[each, (each + 1) % agents] = matrix[(each + 1) % agents, each] = 1
    return matrix


def path(agents: int) -> np.ndarray:
    """Returns the adjacency of a path."""
    return np.diag(np.ones(agents - 1), 1) + np.diag(np.ones(agents - 1), -1)


def laplacian(matrix: np.ndarray) -> np.ndarray:
    """Returns D - A, D from the weights into each."""
    return np.diag(matrix.sum(1)) - matrix


def numbers(seed: int, *shape: int) -> Tensor:
    """Draws numbers in [0, 1)."""
    return torch.from_numpy(np.random.default_rng(seed).random(shape))
