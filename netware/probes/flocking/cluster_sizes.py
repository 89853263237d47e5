"""Cluster sizes: into how many groups a flock has parted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from torch import Tensor

from netware.needs.base import AbstractNeed
from netware.needs.state import InSpace
from netware.parameters import PopulationName, Positive
from netware.probes.base import AbstractProbe
from netware.space.neighbors import pairs_within
from netware.world import World


@dataclass(frozen=True)
class ClusterSizes(AbstractProbe):
    """Measures the groups of agents that are joined by chains of neighbours.

    i and j are in one group if there are i, k, l, .., j each within `radius` of the next

    Args:
        on: Population to measure.
        radius: Distance up to which two are neighbours. [length]

    Reads: position.
    Quantities: `number` of groups [1]; `largest`, its share of all agents [1]; `mean_size`, agents
    in a group [1]; `typical_size`, agents in the group of an agent, on average over agents [1].

    Source: Huepe and Aldana (2004), Phys. Rev. Lett. 92, 168701,
    doi:10.1103/PhysRevLett.92.168701.
    Departs from it: nothing.
    """

    on: PopulationName
    radius: Positive

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "number": (),
        "largest": (),
        "mean_size": (),
        "typical_size": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (InSpace(),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the quantities of each replica; the groups are found on the host."""
        self.insist(world)
        population, space = world[self.on], world.needs_space("cluster_sizes")
        if not population.agents:
            return self.nothing(population)
        near = pairs_within(population["position"], self.radius, space, population.replicas)
        ones = np.ones(near.count, dtype=np.int8)
        parts = (ones, near.source.cpu().numpy(), near.pointer.cpu().numpy())
        groups = csr_array(parts, shape=(population.total, population.total))
        label = connected_components(groups, directed=False)[1].reshape(population.replicas, -1)
        sizes = [np.unique(own, return_counts=True)[1] for own in label]
        agents = population.agents
        found = {
            "number": [len(own) for own in sizes],
            "largest": [own.max() / agents for own in sizes],
            "mean_size": [agents / len(own) for own in sizes],
            "typical_size": [(own.astype(float) ** 2).sum() / agents for own in sizes],
        }
        return {
            name: torch.tensor(np.array(values, float), device=population.device)
            for name, values in found.items()
        }
