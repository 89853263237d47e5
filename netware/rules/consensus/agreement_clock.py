"""Agreement clock: notes since when the agents of a replica agree."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Bool
from torch import Tensor

from netware.errors import ScenarioError, ShapeError
from netware.parameters import Column, NonNegative, PopulationName
from netware.rules.base import AbstractRule, Acting, Phase, Reads
from netware.world import World


@dataclass(frozen=True)
class AgreementClock(AbstractRule):
    """Notes the time from which on all agents of a replica have been within a tolerance.

    T = min {t: max_i |x_i(s) - <x>(s)| <= tolerance for all s from t on}, -1 while they differ

    It looks at the beginning, and then at the end of each step in which it is due, in the phase
    `learn`: after all that acts, wherever it stands among these rules. Agents that part again set
    the clock back. Of agents that may die, the living count; a replica without any has no time.

    Args:
        on: Population that agrees.
        state: Column of state to agree on; the greatest of several numbers counts.
        tolerance: Distance from the mean up to which they agree. [unit of the state]
        into: Column of that time, the same for all agents of a replica. [time]

    Reads: state.
    Writes: `into`, in float64, or in the type of the population where the scenario gives it or a
    model reads it.

    Source: Olfati-Saber, Fax and Murray (2007), Proc. IEEE 95, 215, doi:10.1109/JPROC.2006.887293
    (settling time).
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "output"
    tolerance: NonNegative = 1e-3
    into: Column = "agreed_since"

    reads: ClassVar[Reads] = "own"
    phase: ClassVar[Phase] = "learn"

    def prepare(self, world: World, acting: Acting) -> World:
        """Makes the column, with the time of those who agree at the beginning."""
        where, population = f"rules.{acting.rule}.into", world[self.on]
        if self.into == self.state:
            raise ScenarioError(
                where,
                found=f"'{self.into}', the column on which they agree",
                expected="a column of its own for the time",
                fix="leave 'into' out",
            )
        x, given = population[self.state], population.state.get(self.into)
        if given is not None and (given.dim() > 1 or not given.is_floating_point()):
            shape = tuple(given.shape[1:])
            raise ShapeError(
                where,
                found=f"'{self.into}' of shape {shape} and type {given.dtype} for each agent",
                expected="one real number for each agent, a time",
                fix=f"leave '{self.into}' out under populations.{self.on}.state",
            )
        read = population.model is not None and self.into in population.model.state_shapes()
        own = population.dtype if read else torch.float64
        dtype = own if given is None else given.dtype
        never = torch.full((len(x),), -1.0, dtype=dtype, device=x.device)
        return self.noted(world.with_state(self.on, **{self.into: never}), world.time)

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world with the clocks at the end of this step."""
        return self.noted(world, (world.step + 1) * world.dt)

    def noted(self, world: World, now: float) -> World:
        """Returns the world in which those who agree have a time, `now` if they had none."""
        since = world[self.on][self.into]
        begun = torch.where(since < 0, torch.full_like(since, now), since)
        since = torch.where(self.agreed(world), begun, torch.full_like(since, -1))
        return world.with_state(self.on, **{self.into: since})

    def agreed(self, world: World) -> Bool[Tensor, " agents"]:
        """Tells of each agent whether those of its replica agree."""
        population = world[self.on]
        x = population[self.state].reshape(population.replicas, population.agents, -1)
        if population.alive is None:
            mean, there = x.mean(1, keepdim=True), None
        else:
            there = population.per_replica(population.alive)[..., None]
            many = population.present_count.clamp(min=1).to(x.dtype)[:, None, None]
            mean = x.where(there, torch.zeros_like(x)).sum(1, keepdim=True) / many
        apart = (x - mean).abs()
        apart = apart if there is None else apart.where(there, torch.zeros_like(apart))
        agreed = (apart.flatten(1).amax(1) <= self.tolerance) & (population.present_count > 0)
        return agreed.repeat_interleave(population.agents)
