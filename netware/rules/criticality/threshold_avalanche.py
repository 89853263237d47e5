"""Threshold units, each joined with all: avalanches with a law that is known exactly."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field
from torch import Tensor

from netware.parameters import Column, Count, Index, PopulationName, Positive
from netware.rules.base import AbstractRule, Acting, Reads
from netware.rules.criticality.base import avalanche, begun, counted, driven
from netware.world import World


@dataclass(frozen=True)
class ThresholdAvalanche(AbstractRule):
    """Drives threshold units until one fires, and lets the avalanche run to its end.

    slow: u_k <- u_k + drive at a random unit k, until some u >= 1
    fast: all units with u_i >= 1 fire at once: u_i <- u_i - 1, then every u_j <- u_j + alpha / N
    for each unit that fired; again, until none is above 1

    The number of firings L has the law, for every N,
    P(L) = N (1 - alpha) / (N - (N - 1) alpha) L^(L-2) C(N-1, L-1) (alpha/N)^(L-1)
           (1 - L alpha/N)^(N-L-1),   <L> = N / (N - (N - 1) alpha),
    which becomes the power L^(-3/2) where alpha nears 1 and N is large. It holds while
    drive <= 1 - alpha; with larger drives, a unit may fire twice in an avalanche.

    Args:
        on: Population whose agents are units.
        alpha: Strength of all the couplings of a unit together; 1 is critical. [potential]
        drive: What a unit is given from outside at once. [potential]
        drives: Most that are given in one step; if no unit has fired then, no avalanche. [1]
        waves: Most waves of an avalanche; what is left goes on in the next step. [1]
        state: Column of potentials u `(agents,)`; made from U[0, 1) if there is none.
        warmup: Steps before avalanches count. [steps]

    Reads: state.
    Writes: state; `firings` `(agents,)`, how often each fired in this step's avalanche;
    `avalanches` `(agents,)`, of which entry i counts avalanches of size i + 1, the last one those
    of the size of the system and larger.

    Source: Eurich, Herrmann and Ernst (2002), Phys. Rev. E 66, 066137,
    doi:10.1103/PhysRevE.66.066137.
    Departs from it: a step ends after at most `drives` drives.
    """

    on: PopulationName
    alpha: Annotated[float, Field(ge=0, lt=1)] = 0.9
    drive: Annotated[Positive, Field(le=1)] = 0.05
    drives: Count = 64
    waves: Count = 10_000
    state: Column = "potential"
    warmup: Index = 0

    reads: ClassVar[Reads] = "anyone"

    def prepare(self, world: World, acting: Acting) -> World:
        """Gives every unit a potential."""
        return begun(world, acting, self.on, self.state)

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after one avalanche in each replica."""
        population = world[self.on]
        share = self.alpha / population.agents

        def wave(fires: Tensor, u: Tensor, kept: Tensor) -> tuple[Tensor, Tensor]:
            return u - fires + share * fires.sum(1, keepdim=True), kept

        u = population.per_replica(population[self.state])
        u, _ = driven(world, acting, u, self.drive, self.drives)
        u, _, firings = avalanche(u, u, wave, self.waves)
        histogram = counted(population, firings, world.step >= self.warmup)
        columns = {self.state: u.flatten(), "firings": firings.flatten(), "avalanches": histogram}
        return world.with_state(self.on, **columns)
