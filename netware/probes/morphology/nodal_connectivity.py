"""Nodal connectivity: how much each node of each layer receives and sends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import pad

from netware.axes import AGENT, LAYER, UNIT
from netware.measures.morphology import connectivity, node_shares
from netware.needs.base import AbstractNeed
from netware.needs.synapses import HasSynapses
from netware.parameters import Index, PopulationName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class NodalConnectivity(AbstractProbe):
    """Measures the connectivity of every node of the hidden layers.

    c_j = (sum_i |w_ij| / sum |w|) (sum_k |w_jk| / sum |w|),   1/n^2 if all alike

    The first sums run over all weights into the node's layer, the second over all out of it: in a
    multilayer w^l and w^{l+1}; links inside a layer and recursions count in both.

    Args:
        on: Population to measure; its weights must join known units, some of them hidden.
        layers: Hidden layers to measure, 0 the first; all if none are given.

    Reads: weights (no biases).
    Quantities: `connectivity` c of each agent, layer (in the order of `layers`) and node; nan
    beyond the last node of a layer that is narrower than others. [1]

    Source: de Jong, Meigel and Rulands (2025), arXiv:2501.05550, equation 1.
    Departs from it: nothing.
    """

    on: PopulationName
    layers: tuple[Index, ...] = ()

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"connectivity": (AGENT, LAYER, UNIT)}
    needs: ClassVar[tuple[AbstractNeed, ...]] = (HasSynapses(layers="layers"),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns c of every agent's nodes."""
        self.insist(world)
        population = world[self.on]
        nodes = node_shares(population)
        c = connectivity([nodes[layer] for layer in self.layers or range(len(nodes))])
        widest = max(one.shape[1] for one in c)
        if not population.agents:
            return self.nothing(population, {LAYER: len(c), UNIT: widest})
        even = [pad(one, (0, widest - one.shape[1]), value=torch.nan) for one in c]
        return {"connectivity": population.per_replica(torch.stack(even, 1))}
