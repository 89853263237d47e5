"""Number fluctuations: how unevenly agents are spread over boxes of growing size."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.axes import SIZE
from netware.errors import ScenarioError
from netware.parameters import PopulationName, Positive
from netware.probes.base import AbstractProbe
from netware.space import Space
from netware.world import World


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
    box, the largest boxes first (index column `size`). [1]

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

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the quantities of each replica."""
        population, space = world[self.on], world.needs_space("number_fluctuations")
        cuts = self.cuts(population.agents, space)
        position = population.per_replica(population["position"])
        deviation = torch.stack([spread(position, cut, space) for cut in cuts], 1)
        mean = torch.tensor(
            [population.agents / cut**space.dimensions for cut in cuts],
            dtype=torch.float64,
            device=position.device,
        )
        return {
            "exponent": slope(mean.log(), deviation.log()),
            "deviation": deviation,
            "mean_number": mean.expand_as(deviation),
        }

    def cuts(self, agents: int, space: Space) -> list[int]:
        """Returns into how many boxes each side is cut."""
        every = [2**power for power in range(1, 31)]
        mean = {cut: agents / cut**space.dimensions for cut in every}
        cuts = [cut for cut in every if self.fewest <= mean[cut] <= self.most]
        if not space.periodic or len(cuts) < 2:
            found = f"{len(cuts)} sizes of boxes" if space.periodic else "an open space"
            raise ScenarioError(
                "number_fluctuations",
                found=f"{found} for {agents} agents, {self.fewest:g} to {self.most:g} in each",
                expected="two sizes or more, of boxes in a periodic space",
                fix="write more agents, a smaller 'fewest' or a larger 'most'",
            )
        return cuts


def spread(position: Tensor, cut: int, space: Space) -> Tensor:
    """Returns the standard deviation over boxes of the agents in a box, for each replica."""
    place = (position * (cut / space.box)).long().clamp_(0, cut - 1)
    box = place[..., 0]
    for axis in range(1, space.dimensions):
        box = box * cut + place[..., axis]
    count = torch.zeros(
        (len(position), cut**space.dimensions), dtype=torch.float64, device=position.device
    )
    count.scatter_add_(1, box, torch.ones_like(box, dtype=torch.float64))
    return count.var(1, unbiased=False).sqrt()


def slope(x: Tensor, y: Tensor) -> Tensor:
    """Returns the slope of the straight line nearest to each row of y."""
    apart = x - x.mean()
    return (y * apart).sum(1) / apart.square().sum()
