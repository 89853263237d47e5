"""Opinion clusters: into how many camps a population has fallen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.needs.base import AbstractNeed
from netware.needs.state import ONE, HasColumn
from netware.parameters import Column, Fraction, NonNegative, PopulationName
from netware.probes.base import AbstractProbe
from netware.probes.numbers import at_least, real
from netware.world import World


@dataclass(frozen=True)
class OpinionClusters(AbstractProbe):
    """Counts groups of agents whose opinions, sorted, lie within a tolerance of the next one.

    A gap x_(k+1) - x_(k) > tolerance parts two clusters.

    Args:
        on: Population to measure.
        state: Column of state with the opinions, one number for each agent.
        tolerance: Largest gap within a cluster. [unit of the state]
        share: Share of the agents that a cluster must have to be counted. [1]

    Reads: state.
    Quantities: `clusters`, those of at least `share` of the agents; `all`, of any size; `largest`
    and `second`, shares of the two largest. [1]

    Source: Hegselmann and Krause (2002), J. Artif. Soc. Soc. Simul. 5 (3), 2; leaving out the
    smallest: Laguna, Abramson and Zanette (2004), Complexity 9 (4), 31, doi:10.1002/cplx.20018.
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "opinion"
    tolerance: NonNegative = 1e-3
    share: Fraction = 0.01

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "clusters": (),
        "all": (),
        "largest": (),
        "second": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (HasColumn("state", ONE),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns numbers and shares of each replica."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        x = population.per_replica(real(population[self.state]).flatten()).sort(1).values
        parted = x.diff(dim=1) > self.tolerance
        cluster = torch.nn.functional.pad(parted.long().cumsum(1), (1, 0))
        sizes = torch.zeros_like(cluster).scatter_add_(1, cluster, torch.ones_like(cluster))
        ranked = torch.nn.functional.pad(sizes, (0, 1)).topk(2, 1).values.to(x) / population.agents
        counted = sizes >= max(1, at_least(self.share, population.agents))
        return {
            "clusters": counted.sum(1).to(x.dtype),
            "all": (sizes > 0).sum(1).to(x.dtype),
            "largest": ranked[:, 0],
            "second": ranked[:, 1],
        }
