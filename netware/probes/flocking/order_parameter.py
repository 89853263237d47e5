"""Order parameter: how far a flock flies in one direction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch.nn.functional import normalize

from netware.parameters import Column, PopulationName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class OrderParameter(AbstractProbe):
    """Measures how far the agents of a replica head the same way.

    phi = |1/N sum_i e_i|, e_i of length 1: 1 if all head one way; for independent headings in the
    plane its mean is sqrt(pi / (4 N))

    Args:
        on: Population to measure.
        state: Column of headings or velocities `(agents, space)`, whose lengths do not count; who
            stands still, heads nowhere.

    Reads: state.
    Quantities: `order_parameter`, 0 to 1. [1]

    Source: Vicsek et al. (1995), Phys. Rev. Lett. 75, 1226, doi:10.1103/PhysRevLett.75.1226.
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "heading"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"order_parameter": ()}

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the order parameter of each replica."""
        population = world[self.on]
        heading = normalize(population.per_replica(population[self.state]), dim=-1)
        return {"order_parameter": heading.mean(1).norm(dim=-1)}
