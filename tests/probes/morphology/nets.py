"""Small layered networks that the tests of morphology share."""

import torch
from torch import Tensor

from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.tasks.base import TaskData
from netware.world import World
from tests.rules.learners import drawn, world_of


def deep(
    agents: int = 6,
    replicas: int = 2,
    widths: tuple[int, ...] = (8,) * 6,
    data: TaskData | None = None,
) -> World:
    """Makes networks of 4 inputs and 1 output with uniform weights."""
    return world_of(drawn(Multilayer(4, 1, widths, initial="uniform"), agents, replicas), data=data)


def given(*matrices: list, dtype=torch.float64) -> World:
    """Makes one network of these weights, without biases."""
    weights: dict[str, Tensor] = {
        f"w{layer}": torch.tensor(matrix, dtype=dtype)[None]
        for layer, matrix in enumerate(matrices, 1)
    }
    sizes = [w.shape[1] for w in weights.values()]
    model = Multilayer(sizes[0], len(matrices[-1][0]), tuple(sizes[1:]), bias="none")
    return world_of(Population("nets", 1, 1, model, weights, dtype=dtype))
