"""Order moments: sums of powers of the order parameter, for averages over time."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import normalize

from netware.errors import ScenarioError, ShapeError
from netware.parameters import Column, PopulationName
from netware.rules.base import AbstractRule, Acting, Reads
from netware.world import World


@dataclass(frozen=True)
class OrderMoments(AbstractRule):
    """Adds up powers of the order parameter of each replica, so that probes can average over time.

    M <- M + (1, phi, phi^2, phi^4),   phi = |1/N sum_i e_i|, e_i of length 1

    `from` in the scenario leaves out the beginning, `every` takes some steps alone. Name the rule
    after the one that moves the agents.

    Args:
        on: Population that flies.
        state: Column of headings or velocities `(agents, space)`.
        into: Column `(agents, 4)` of sums, the same for all agents of a replica.

    Reads: state.
    Writes: `into`, in float64.

    Source: Gregoire and Chate (2004), Phys. Rev. Lett. 92, 025702,
    doi:10.1103/PhysRevLett.92.025702.
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "heading"
    into: Column = "moments"

    reads: ClassVar[Reads] = "anyone"

    def prepare(self, world: World, acting: Acting) -> World:
        """Makes the column of sums."""
        population = world[self.on]
        heading = population[self.state]
        if heading.dim() != 2:
            raise ShapeError(
                f"populations.{self.on}.state.{self.state}",
                found=f"shape {tuple(heading.shape[1:])} for each agent",
                expected="(space,), a heading or a velocity",
                fix="name a column such as 'heading' or 'velocity'",
            )
        reads = population.model.state_shapes() if population.model else {}
        if self.into in (*population.state, *reads):
            raise ScenarioError(
                f"rules.{acting.rule}.into",
                found=f"'{self.into}', a column that is there already",
                expected="a column of its own for the sums",
                fix=f"write 'into: {acting.rule}_sums'",
            )
        zeros = torch.zeros(population.total, 4, dtype=torch.float64, device=heading.device)
        return world.with_state(self.on, **{self.into: zeros})

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world with this step's order parameter added."""
        population = world[self.on]
        heading = normalize(population.per_replica(population[self.state]).double(), dim=-1)
        phi = heading.mean(1).norm(dim=-1)
        powers: Tensor = torch.stack([torch.ones_like(phi), phi, phi.square(), phi.pow(4)], 1)
        added = population[self.into] + powers.repeat_interleave(population.agents, 0)
        return world.with_state(self.on, **{self.into: added})
