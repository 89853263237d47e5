"""Convergence rate: how fast agents approach each other at this moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.needs.base import AbstractNeed
from netware.needs.edges import Joins
from netware.needs.state import HasColumn
from netware.parameters import Column, PopulationName, RelationName
from netware.probes.base import AbstractProbe
from netware.probes.numbers import real
from netware.world import World


ROUNDING = 8


@dataclass(frozen=True)
class ConvergenceRate(AbstractProbe):
    """Measures the rate at which consensus over a relation would shrink disagreement now.

    rate = delta^T L delta / |delta|^2,   delta = x - mean

    This is -d/dt ln |delta| under dx/dt = -L x, and (1 - gain rate) is the projection of one step
    of x <- (I - gain L) x onto delta. On an undirected graph it lies between lambda_2 and lambda_n
    and comes down to lambda_2, as the fast modes die first; so the last rate tells lambda_2
    without solving for it. 0 where all agree up to rounding.

    Args:
        on: Population to measure.
        over: Relation whose edges say which agents hear which: a -> b lets b hear a.
        state: Column of state that agents may agree on; of several numbers, all together.

    Reads: state; edges of `over`, with their weights.
    Quantities: `convergence_rate`, in the unit of the weights.

    Source: Olfati-Saber and Murray (2004), IEEE Trans. Autom. Control 49, 1520,
    doi:10.1109/TAC.2004.834113, theorem 8 (the Rayleigh quotient of the Laplacian).
    Departs from it: nothing.
    """

    on: PopulationName
    over: RelationName
    state: Column = "output"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"convergence_rate": ()}
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasColumn("state"),
        Joins("over"),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the rate of each replica."""
        self.insist(world)
        population, edges = world[self.on], world.edges[self.over]
        if not population.agents:
            return self.nothing(population)
        x = real(population[self.state]).reshape(population.replicas, population.agents, -1)
        delta = x - x.mean(1, keepdim=True)
        pull = edges.minus_laplacian(x.dtype) @ delta.flatten(0, 1)
        shrinking = -(delta * pull.view_as(delta)).sum((1, 2))
        size = delta.square().sum((1, 2))
        apart = delta.abs().amax((1, 2)) > ROUNDING * torch.finfo(x.dtype).eps * x.abs().amax(
            (1, 2)
        )
        rate = shrinking / size.where(apart, torch.ones_like(size))
        rate = rate.where(apart, torch.zeros_like(rate))
        return {"convergence_rate": rate}
