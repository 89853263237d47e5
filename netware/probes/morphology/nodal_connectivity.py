"""Nodal connectivity: how much each node of each layer receives and sends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.axes import AGENT, LAYER, UNIT
from netware.measures.morphology import connectivity, layered_weights
from netware.needs.base import AbstractNeed
from netware.needs.models import HasLayers
from netware.parameters import PopulationName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class NodalConnectivity(AbstractProbe):
    """Measures the connectivity of every node of the hidden layers, which must be equally wide.

    c_j = (sum_i |w^l_ij| / sum |w^l|) (sum_k |w^{l+1}_jk| / sum |w^{l+1}|),   1/n^2 if all alike

    Args:
        on: Population to measure; its model must be layered, with hidden layers of one width.

    Reads: weights (no biases).
    Quantities: `connectivity` c of each agent, hidden layer (0 the first) and node. [1]

    Source: de Jong, Meigel and Rulands (2025), arXiv:2501.05550, equation 1.
    Departs from it: nothing.
    """

    on: PopulationName

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"connectivity": (AGENT, LAYER, UNIT)}
    needs: ClassVar[tuple[AbstractNeed, ...]] = (HasLayers(hidden=1, one_width=True),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns c of every agent's nodes."""
        self.insist(world)
        population = world[self.on]
        c = connectivity(layered_weights(population))
        if not population.agents:
            return self.nothing(population, {LAYER: len(c), UNIT: c[0].shape[1]})
        return {"connectivity": population.per_replica(torch.stack(c, 1))}
