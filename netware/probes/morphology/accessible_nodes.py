"""Accessible nodes: how many nodes of each layer strong weights join to the output."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from netware.axes import AGENT, DEPTH
from netware.draws import Purpose
from netware.measures.morphology import Matrices, layered_weights
from netware.needs.base import AbstractNeed
from netware.needs.models import HasLayers
from netware.parameters import Count, PopulationName
from netware.probes.base import AbstractProbe
from netware.world import World


ROUNDING = 16


@dataclass(frozen=True)
class AccessibleNodes(AbstractProbe):
    """Counts the nodes of each hidden layer from which strong weights lead to the output.

    A weight is strong if |w| is at least the mean |w| of its matrix. Depth 0 is the hidden layer
    next to the output; a node of it counts if it has a strong weight into any output, a node
    further back if it has one into a node that counts. Where channels have formed fewer nodes are
    accessible than when the weights of each matrix are shuffled.

    Args:
        on: Population to measure; its model must be layered, with a hidden layer at least.
        shuffles: Shuffles of each agent's matrices, over which `shuffled` is the mean. [1]

    Reads: weights (no biases).
    Quantities: `accessible` and `shuffled` [nodes] of each agent and depth.

    Source: de Jong, Meigel and Rulands (2025), arXiv:2501.05550, Methods.
    Departs from it: the threshold is the mean of each layer; the paper names both the mean and
    the median, which with ten nodes prunes nothing that one could see.
    """

    on: PopulationName
    shuffles: Count = 4

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "accessible": (AGENT, DEPTH),
        "shuffled": (AGENT, DEPTH),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (HasLayers(hidden=1),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns both quantities of every agent."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population, {DEPTH: len(population.wrapped().layers()) - 1})
        strong = [no_less_than_mean(w.abs()) for w in layered_weights(population)]
        null = torch.zeros_like(accessible(strong))
        for turn in range(self.shuffles):
            null = null + accessible(self.shuffled(world, strong, turn))
        return {
            "accessible": population.per_replica(accessible(strong)),
            "shuffled": population.per_replica(null / self.shuffles),
        }

    def shuffled(self, world: World, strong: Matrices, turn: int) -> list[Tensor]:
        """Returns the matrices, the entries of each in an order of chance."""
        mixed = []
        for layer, matrix in enumerate(strong):
            use = f"accessible_nodes/{turn}/{layer}"
            keys = world.stream(Purpose.PROBE, use, self.on).words((matrix[0].numel(),))
            flat = matrix.flatten(1).gather(1, keys.argsort(dim=1, stable=True))
            mixed.append(flat.view_as(matrix))
        return mixed


def accessible(strong: Matrices) -> Float[Tensor, "agents depths"]:
    """Returns the accessible nodes of each hidden layer, from the output backwards."""
    counts, reached = [], torch.ones_like(strong[-1][:, 0])
    for matrix in reversed(strong[1:]):
        reached = (matrix & reached[:, None, :]).any(2)
        counts.append(reached.sum(1).double())
    return torch.stack(counts, 1)


def no_less_than_mean(
    size: Float[Tensor, "agents senders nodes"],
) -> Bool[Tensor, "agents senders nodes"]:
    """Tells which sizes reach the mean of their matrix, up to the rounding of that mean."""
    mean = size.mean((1, 2), keepdim=True)
    return size >= mean * (1 - ROUNDING * torch.finfo(size.dtype).eps)
