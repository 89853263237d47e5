"""Time to consensus: when the agents of a replica came to agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Bool
from torch import Tensor

from netware.needs.base import AbstractNeed
from netware.needs.state import HasColumn
from netware.parameters import Column, NonNegative, PopulationName
from netware.population import Population
from netware.probes.base import AbstractRememberingProbe, Memory
from netware.world import World


@dataclass(frozen=True)
class TimeToConsensus(AbstractRememberingProbe):
    """Measures the time at which the agents of each replica came within a tolerance, for good.

    T = min {t: max_i |x_i(s) - <x>(s)| <= tolerance for all s from t on}

    It looks at the end of every step, and at the beginning: 0 if they have agreed from there on.
    No number while they differ; agents that part again set it back. Of agents that may die, the
    living count; a replica without any has no time.

    Args:
        on: Population to measure.
        state: Column of state to agree on; the greatest of several numbers counts.
        tolerance: Distance from the mean up to which they agree. [unit of the state]

    Reads: state.
    Quantities: `time` of a replica [time]; `agreed`, 1 if they agree now.

    Source: Olfati-Saber, Fax and Murray (2007), Proc. IEEE 95, 215, doi:10.1109/JPROC.2006.887293
    (settling time).
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "output"
    tolerance: NonNegative = 1e-3

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"time": (), "agreed": ()}
    memory: ClassVar[Mapping[str, tuple[str, ...]]] = {"since": ()}
    needs: ClassVar[tuple[AbstractNeed, ...]] = (HasColumn("state", floating=True),)

    # Gathering the living of each replica costs 6 ms a step for 16 replicas of 256 agents, leaving
    # the dead out by a mask 0.1 ms.
    counts_the_dead: ClassVar[bool] = True

    def begin(self, world: World) -> dict[str, Tensor]:
        """Returns the time of those who agree at the beginning, not a number for the others."""
        self.insist(world)
        population = world[self.on]
        never = torch.full(
            (population.replicas,), torch.nan, dtype=torch.float64, device=population.device
        )
        return self.remember(world, {"since": never})

    def remember(self, world: World, memory: Memory) -> dict[str, Tensor]:
        """Returns since when they agree: from now on, if they had no time."""
        since = memory["since"]
        begun = torch.where(since.isnan(), world.time, since)
        return {"since": torch.where(self.agreed(world[self.on]), begun, torch.nan)}

    def recall(self, world: World, memory: Memory) -> dict[str, Tensor]:
        """Returns when, and whether, each replica came to agree."""
        population, since = world[self.on], memory["since"]
        if not population.agents:
            return self.nothing(population)
        agreed = (~since.isnan()).double()
        return {"time": since, "agreed": agreed.where(population.present_count > 0, torch.nan)}

    def agreed(self, population: Population) -> Bool[Tensor, " replicas"]:
        """Tells of each replica whether there are agents, and all of them agree."""
        if not population.agents:
            return torch.zeros(population.replicas, dtype=torch.bool, device=population.device)
        x = population[self.state].reshape(population.replicas, population.agents, -1)
        there = population.per_replica(population.present)[..., None]
        many = population.present_count.clamp(min=1).to(x.dtype)[:, None, None]
        mean = x.where(there, torch.zeros_like(x)).sum(1, keepdim=True) / many
        apart = (x - mean).abs().where(there, torch.zeros_like(x))
        return (apart.flatten(1).amax(1) <= self.tolerance) & (population.present_count > 0)
