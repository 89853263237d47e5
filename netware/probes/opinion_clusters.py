"""Opinion clusters: into how many camps a population has fallen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.errors import ShapeError
from netware.parameters import Column, Fraction, NonNegative, PopulationName
from netware.probes.base import AbstractProbe
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

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns numbers and shares of each replica."""
        population = world[self.on]
        held = population[self.state]
        if held[0].numel() != 1:
            raise ShapeError(
                f"probes: opinion_clusters of {self.on}.{self.state}",
                found=f"{held[0].numel()} numbers for each agent",
                expected="one number for each agent, to be sorted",
                fix="name another column under 'state'",
            )
        x = population.per_replica(held.flatten()).sort(1).values
        parted = x.diff(dim=1) > self.tolerance
        cluster = torch.nn.functional.pad(parted.long().cumsum(1), (1, 0))
        ones = torch.ones_like(x)
        sizes = torch.zeros_like(x).scatter_add_(1, cluster, ones)
        ranked = torch.nn.functional.pad(sizes, (0, 1)).topk(2, 1).values / population.agents
        counted = (sizes >= self.share * population.agents) & (sizes > 0)
        return {
            "clusters": counted.sum(1).to(x.dtype),
            "all": (sizes > 0).sum(1).to(x.dtype),
            "largest": ranked[:, 0],
            "second": ranked[:, 1],
        }
