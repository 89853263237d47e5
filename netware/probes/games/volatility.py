"""Volatility: how far a population is from splitting evenly."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.needs.base import AbstractNeed
from netware.needs.state import HasColumn
from netware.parameters import Column, Index, PopulationName
from netware.probes.base import AbstractRememberingProbe, Memory
from netware.world import World


@dataclass(frozen=True)
class Volatility(AbstractRememberingProbe):
    """Measures the variance of the attendance of a minority game, per agent.

    volatility = sigma^2 / N,   sigma^2 = <A^2> - <A>^2,   A = sum_i a_i,
    averages over the steps after the warmup

    1 if all toss coins; below 1 agents coordinate, above 1 they herd. No number before the second
    step that counts.

    Args:
        on: Population that plays.
        state: Column `(agents,)` of the choices a, -1 or 1, as `minority_game` writes it.
        warmup: Steps that the averages leave out; they run over every step after, whenever the
            probe is read. [steps]

    Reads: state.
    Quantities: `volatility` [1]; `bias`, the mean of A per agent [1].

    Source: Challet and Zhang (1997), Physica A 246, 407, doi:10.1016/S0378-4371(97)00419-6;
    Savit, Manuca and Riolo (1999), Phys. Rev. Lett. 82, 2203, doi:10.1103/PhysRevLett.82.2203.
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "choice"
    warmup: Index = 0

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"volatility": (), "bias": ()}
    memory: ClassVar[Mapping[str, tuple[str, ...]]] = {"steps": (), "total": (), "square": ()}
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasColumn("state", (), True, fix="name the column of choices of a minority game"),
    )

    def begin(self, world: World) -> dict[str, Tensor]:
        """Returns sums of nothing yet: before the first step no round was played."""
        self.insist(world)
        population = world[self.on]
        zeros = torch.zeros(population.replicas, dtype=torch.float64, device=population.device)
        return dict.fromkeys(self.memory, zeros)

    def remember(self, world: World, memory: Memory) -> dict[str, Tensor]:
        """Returns the sums with this step's attendance in them, once the warmup is over."""
        population = world[self.on]
        if world.step <= self.warmup or not population.agents:
            return dict(memory)
        attendance = population.per_replica(population[self.state]).sum(1).double()
        return {
            "steps": memory["steps"] + 1,
            "total": memory["total"] + attendance,
            "square": memory["square"] + attendance.square(),
        }

    def recall(self, world: World, memory: Memory) -> dict[str, Tensor]:
        """Returns both quantities of each replica."""
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        steps = memory["steps"]
        mean = memory["total"] / steps
        variance = memory["square"] / steps - mean.square()
        variance = variance.masked_fill(steps < 2, torch.nan)
        return {"volatility": variance / population.agents, "bias": mean / population.agents}
