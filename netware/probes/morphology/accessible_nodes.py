"""Accessible nodes: how many nodes of each layer strong weights join to the output."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from netware.axes import AGENT, DEPTH
from netware.draws import Purpose
from netware.models.layers.matrices import compact, matrix_of, units_of
from netware.models.layers.synapses import INPUT, OUTPUT, Synapses, hidden_layers
from netware.needs.base import AbstractNeed
from netware.needs.synapses import HasSynapses
from netware.parameters import Count, PopulationName
from netware.probes.base import AbstractProbe
from netware.world import World


ROUNDING = 16


@dataclass(frozen=True)
class AccessibleNodes(AbstractProbe):
    """Counts the nodes of each hidden layer from which strong weights lead to the output.

    A weight is strong if |w| is at least the mean |w| of its matrix. Depth 0 is the hidden layer
    next to the output; a node of it counts if it has a strong weight into any output, a node
    further back if it has one into a node that counts. Links inside a layer are followed as often
    as a sample crosses them in one forward pass, a recursion as often as it is applied after the
    first time. Where channels have formed fewer nodes are accessible than when the weights of each
    matrix are shuffled.

    Args:
        on: Population to measure; its weights must join known units, some of them hidden.
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
    needs: ClassVar[tuple[AbstractNeed, ...]] = (HasSynapses(),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns both quantities of every agent."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            layers = hidden_layers(population.wrapped().synapses())
            return self.nothing(population, {DEPTH: len(layers)})
        found = population.wrapped().synapses()
        strong = [no_less_than_mean(compact(one, population.weights).abs()) for one in found]
        reached = accessible(found, strong)
        null = torch.zeros_like(reached)
        for turn in range(self.shuffles):
            null = null + accessible(found, self.shuffled(world, strong, turn))
        return {
            "accessible": population.per_replica(reached),
            "shuffled": population.per_replica(null / self.shuffles),
        }

    def shuffled(self, world: World, strong: Sequence[Tensor], turn: int) -> list[Tensor]:
        """Returns the marks, those of each weight in an order of chance."""
        mixed = []
        for layer, marks in enumerate(strong):
            use = f"accessible_nodes/{turn}/{layer}"
            keys = world.stream(Purpose.PROBE, use, self.on).words((marks[0].numel(),))
            flat = marks.flatten(1).gather(1, keys.argsort(dim=1, stable=True))
            mixed.append(flat.view_as(marks))
        return mixed


def accessible(
    found: tuple[Synapses, ...], strong: Sequence[Bool[Tensor, "agents ..."]]
) -> Float[Tensor, "agents depths"]:
    """Returns the accessible nodes of each hidden layer, from the output backwards."""
    agents, device = len(strong[0]), strong[0].device
    every = [places for one in found for places in (*one.senders, *one.receivers)]
    reached = {
        one.layer: torch.full((agents, one.many), one.layer == OUTPUT, device=device)
        for one in every
    }
    for one, marks in reversed(list(zip(found, strong, strict=True))):
        matrix = matrix_of(one, marks)
        # The first time that a recursion is applied only the inputs send.
        first = any(places.layer == INPUT for places in one.senders) and one.inner()
        for _ in range(one.times - first):
            after = torch.cat([reached[places.layer] for places in one.receivers], 1)
            sends = (matrix & after[:, None, :]).any(2)
            for places in one.senders:
                reached[places.layer] = reached[places.layer] | units_of(places, sends)
    counts = [reached[one.layer].sum(1).double() for one in reversed(hidden_layers(found))]
    return torch.stack(counts, 1)


def no_less_than_mean(
    size: Float[Tensor, "agents _ _"],
) -> Bool[Tensor, "agents _ _"]:
    """Tells which sizes reach the mean of their weight, up to the rounding of that mean."""
    mean = size.mean((1, 2), keepdim=True)
    return size >= mean * (1 - ROUNDING * torch.finfo(size.dtype).eps)
