"""Nodal growth: the nodes of a layer compete for its connectivity."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.errors import ScenarioError
from netware.parameters import Column, PopulationName
from netware.population import Population
from netware.rules.base import AbstractRule, Acting, Reads
from netware.world import World


@dataclass(frozen=True)
class NodalGrowth(AbstractRule):
    """Lets the nodes of a layer grow in connectivity at the cost of each other.

    dc_j/dt = alpha_j c_j (1 - sqrt(c_j)) - c_j sum_{k != j} alpha_k sqrt(c_k)

    Every agent is a node, and the agents of a replica are the nodes of one layer. While
    sum_j sqrt(c_j) = 1, which the equation keeps, x_j = sqrt(c_j) follows the replicator
    equation dx_j/dt = x_j (alpha_j - sum_k alpha_k x_k) / 2, so that
    x_j(t) ~ x_j(0) exp(alpha_j t / 2): the node of the largest alpha takes all. With one alpha for
    all nodes nothing changes. A step of length dt is taken by Runge and Kutta's rule of fourth
    order.

    Args:
        on: Population whose agents are the nodes of a layer.
        state: Column of connectivities c, at least 0; before the first step the roots of each
            layer are divided by their sum. [1]
        growth: Column of growth rates alpha. [1 / time]

    Reads: state, growth.
    Writes: state.

    Source: de Jong, Meigel and Rulands (2025), arXiv:2501.05550, equation 3.
    Departs from it: the equation is reconstructed from its printed properties.
    """

    on: PopulationName
    state: Column = "connectivity"
    growth: Column = "growth"

    reads: ClassVar[Reads] = "anyone"

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses columns that are no connectivities; makes the roots of each layer sum to 1."""
        population = world[self.on]
        c, alpha = population[self.state], population[self.growth]
        for name, values in ((self.state, c), (self.growth, alpha)):
            if values.dim() > 1:
                raise ScenarioError(
                    f"populations.{self.on}.state.{name}",
                    found=f"{values[0].numel()} numbers for each node",
                    expected="one number for each node",
                    fix=f"write '{name}: uniform'",
                )
        x = population.per_replica(c.clamp_min(0).sqrt())
        total = x.sum(1, keepdim=True)
        wrong = (c < 0).sum() + (total == 0).sum()
        if bool(wrong):
            raise ScenarioError(
                f"populations.{self.on}.state.{self.state}",
                found="connectivities below 0, or none above 0 in a layer",
                expected="connectivities of at least 0, some above 0",
                fix=f"write '{self.state}: uniform'",
            )
        return world.with_state(self.on, **{self.state: (x / total).square().flatten()})

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world one step of growth later."""
        population, dt = world[self.on], world.dt
        c, alpha = population[self.state], population[self.growth]
        k1 = slope(population, c, alpha)
        k2 = slope(population, c + dt / 2 * k1, alpha)
        k3 = slope(population, c + dt / 2 * k2, alpha)
        k4 = slope(population, c + dt * k3, alpha)
        moved = c + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        return world.with_state(self.on, **{self.state: moved.clamp_min(0)})


def slope(population: Population, c: Tensor, alpha: Tensor) -> Tensor:
    """Returns dc/dt."""
    # The own term leaves both sums: alpha_j (1 - x_j) - (T - alpha_j x_j) = alpha_j - T, where
    # T = sum_k alpha_k x_k.
    total = population.per_replica(alpha * torch.sqrt(c.clamp_min(0))).sum(1, keepdim=True)
    return (population.per_replica(c) * (population.per_replica(alpha) - total)).flatten()
