"""Number fluctuations: how unevenly agents are spread over boxes of growing size."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from netware.axes import SIZE
from netware.errors import Problem
from netware.needs.base import AbstractNeed, Surroundings, population_of
from netware.needs.state import InSpace
from netware.parameters import PopulationName, Positive
from netware.probes.base import AbstractProbe
from netware.space.box import Space
from netware.world import World


@dataclass(frozen=True)
class TwoSizes(AbstractNeed):
    """So many agents that two sizes of boxes hold as many as count."""

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns that there are too few sizes of boxes."""
        population = population_of(member, world)
        if population is None or world.space is None:
            return []
        cuts = member.cuts(population.agents, world.space)
        if len(cuts) > 1:
            return []
        return [
            Problem(
                where,
                f"{len(cuts)} sizes of boxes for {population.agents} agents, {member.fewest:g} to "
                f"{member.most:g} in each",
                "two sizes or more",
                "write more agents, a smaller 'fewest' or a larger 'most'",
            )
        ]

    def sentence(self) -> str:
        """Says how many sizes."""
        return "two sizes of boxes with 'fewest' to 'most' agents"


@dataclass(frozen=True)
class NumberFluctuations(AbstractProbe):
    """Counts the agents in boxes that the space is cut into, and fits how their spread grows.

    deviation(n) ~ n^exponent,   n = N / k^d agents in each of k^d boxes on average, k = 2, 4, 8, ..

    1/2 for agents who stand anywhere, and more for flocks: giant number fluctuations. The deviation
    is over the boxes of one replica at one moment; for averages over time, average its square.

    Args:
        on: Population to measure.
        fewest: Least mean number of agents in a box that counts. [1]
        most: Greatest mean number of agents in a box that counts. [1]

    Reads: position, in a periodic space.
    Quantities: `exponent` of the fit in logarithms; `deviation` and `mean_number` for each size of
    box, the largest boxes first (index column `size`). [1] Sizes are those that suit the places of
    the population; nan for a size whose boxes hold too few or too many of the living, and for the
    exponent where fewer than two sizes are left, those without any deviation left out.

    Source: Toner and Tu (1995), Phys. Rev. Lett. 75, 4326, doi:10.1103/PhysRevLett.75.4326;
    Chate et al. (2008), Phys. Rev. E 77, 046113, doi:10.1103/PhysRevE.77.046113.
    Departs from it: nothing.
    """

    on: PopulationName
    fewest: Positive = 2.0
    most: Positive = 128.0

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "exponent": (),
        "deviation": (SIZE,),
        "mean_number": (SIZE,),
    }

    needs: ClassVar[tuple[AbstractNeed, ...]] = (InSpace(periodic=True), TwoSizes())
    counts_the_dead: ClassVar[bool] = True

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the quantities of each replica."""
        self.insist(world)
        population, space = world[self.on], world.needs_space("number_fluctuations")
        position = population.per_replica(population["position"])
        there = torch.ones_like(position[..., 0], dtype=torch.float64)
        if population.alive is not None:
            there = population.per_replica(population.alive).double()
        cuts = self.cuts(population.agents, space)
        deviation = torch.stack([spread(position, there, cut, space) for cut in cuts], 1)
        boxes = [float(cut**space.dimensions) for cut in cuts]
        mean = there.sum(1, keepdim=True) / deviation.new_tensor(boxes)
        within = (mean >= self.fewest) & (mean <= self.most)
        deviation = deviation.where(within, torch.nan)
        return {
            "exponent": slope(mean.log(), deviation.log()),
            "deviation": deviation,
            "mean_number": mean.where(within, torch.nan),
        }

    def cuts(self, agents: int, space: Space) -> list[int]:
        """Returns into how many boxes each side is cut."""
        every = [2**power for power in range(1, 31)]
        mean = {cut: agents / cut**space.dimensions for cut in every}
        return [cut for cut in every if self.fewest <= mean[cut] <= self.most]


def spread(position: Tensor, there: Tensor, cut: int, space: Space) -> Tensor:
    """Returns the standard deviation over boxes of the living in a box, for each replica."""
    place = (position * (cut / space.box)).long().clamp_(0, cut - 1)
    box = place[..., 0]
    for axis in range(1, space.dimensions):
        box = box * cut + place[..., axis]
    count = torch.zeros(
        (len(position), cut**space.dimensions), dtype=torch.float64, device=position.device
    )
    count.scatter_add_(1, box, there)
    return count.var(1, unbiased=False).sqrt()


def slope(x: Tensor, y: Tensor) -> Tensor:
    """Returns the slope of the straight line nearest to each row, nan where there are no two.

    Places of a row where y is not finite do not count.
    """
    counts = y.isfinite()
    x, y = x.where(counts, 0), y.where(counts, 0)
    apart = (x - x.sum(1, keepdim=True) / counts.sum(1, keepdim=True)).where(counts, 0)
    found = (y * apart).sum(1) / apart.square().sum(1)
    return found.where(counts.sum(1) > 1, torch.nan)
