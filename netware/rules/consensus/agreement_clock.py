"""Agreement clock: notes since when the agents of a replica agree."""

from dataclasses import dataclass

import torch

from netware.parameters import Column, NonNegative, PopulationName
from netware.rules.base import AbstractRule, Turn
from netware.world import World


@dataclass(frozen=True)
class AgreementClock(AbstractRule):
    """Notes the time from which on all agents of a replica have been within a tolerance.

    T = min {t: max_i |x_i(s) - <x>(s)| <= tolerance for all s from t on}, -1 while they differ

    Name it after the rules by which agents agree: it looks at what these have left. Agents that
    part again start the clock anew.

    Args:
        on: Population that agrees.
        state: Column of state to agree on; the greatest of several numbers counts.
        tolerance: Distance from the mean up to which they agree. [unit of the state]
        into: Column of that time, the same for all agents of a replica. [time]

    Reads: state.
    Writes: `into`, in float64.

    Source: Olfati-Saber, Fax and Murray (2007), Proc. IEEE 95, 215, doi:10.1109/JPROC.2006.887293
    (settling time).
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "output"
    tolerance: NonNegative = 1e-3
    into: Column = "agreed_since"

    def population(self) -> str:
        """Names the population that agrees."""
        return self.on

    def prepare(self, world: World, turn: Turn) -> World:
        """Makes the column: nobody has agreed yet."""
        x = world[self.on][self.state]
        never = torch.full((len(x),), -1.0, dtype=torch.float64, device=x.device)
        return world.with_state(self.on, **{self.into: never})

    def apply(self, world: World, turn: Turn) -> World:
        """Returns the world with the clocks of this step."""
        population = world[self.on]
        x = population[self.state].reshape(population.replicas, population.agents, -1)
        apart = (x - x.mean(1, keepdim=True)).abs().flatten(1).amax(1)
        agreed = (apart <= self.tolerance).repeat_interleave(population.agents)
        since = population[self.into]
        now = torch.full_like(since, (world.step + 1) * world.dt)
        since = torch.where(agreed, torch.where(since < 0, now, since), torch.full_like(since, -1))
        return world.with_state(self.on, **{self.into: since})
