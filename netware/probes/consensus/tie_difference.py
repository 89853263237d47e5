"""Tie difference: how unlike those are who are joined."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.needs.base import AbstractNeed
from netware.needs.edges import Joins
from netware.needs.state import HasColumn
from netware.parameters import Column, NonNegative, PopulationName, RelationName
from netware.probes.base import AbstractProbe
from netware.probes.numbers import real
from netware.world import World


@dataclass(frozen=True)
class TieDifference(AbstractProbe):
    """Measures how far apart the two ends of an edge are in a column of state.

    mean = 1/E sum_(i,j) |x_i - x_j|,   unlike = 1/E sum_(i,j) [|x_i - x_j| > tolerance]

    A graph in which like joins like has a mean well below that of any two agents.

    Args:
        on: Population to measure.
        over: Relation between its agents whose edges count.
        state: Column of state; the length of the difference of vectors.
        tolerance: Difference beyond which two are unlike. [unit of the state]

    Reads: state; edges of `over`.
    Quantities: `mean` and `unlike` of a replica; nan where no edge is.

    Source: Holme and Newman (2006), Phys. Rev. E 74, 056108, doi:10.1103/PhysRevE.74.056108.
    Departs from it: nothing.
    """

    on: PopulationName
    over: RelationName
    state: Column = "opinion"
    tolerance: NonNegative = 0.2

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"mean": (), "unlike": ()}
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasColumn("state"),
        Joins("over"),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the mean difference and the share of edges between the unlike."""
        self.insist(world)
        population, edges = world[self.on], world.edges[self.over]
        if not population.agents:
            return self.nothing(population)
        x = real(population[self.state]).reshape(population.total, -1)
        apart = (x[edges.source] - x[edges.target]).norm(dim=1)
        starts = torch.arange(population.replicas + 1, device=x.device) * population.agents
        ends = edges.pointer[starts].long()
        many = ends[1:] - ends[:-1]

        def mean(values: Tensor) -> Tensor:
            total = torch.cat([values.new_zeros(1), values.cumsum(0)])
            return (total[ends[1:]] - total[ends[:-1]]) / many

        return {"mean": mean(apart.double()), "unlike": mean((apart > self.tolerance).double())}
