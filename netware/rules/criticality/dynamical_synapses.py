"""Dynamical synapses: units whose couplings tire, and so find the critical point themselves."""

from dataclasses import dataclass
from math import exp
from typing import Annotated, ClassVar

import torch
from pydantic import Field
from torch import Tensor

from netware.parameters import Column, Count, Index, NonNegative, PopulationName, Positive
from netware.rules.base import AbstractRule, Acting, Reads
from netware.rules.criticality.base import avalanche, begun, counted, driven
from netware.world import World


@dataclass(frozen=True)
class DynamicalSynapses(AbstractRule):
    """Drives threshold units whose synapses tire when used and recover between avalanches.

    slow: h_k <- h_k + drive at a random unit k;  nu N dJ_j/dt = alpha / u - J_j, t in drives
    fast: units with h_j >= 1 fire at once: h_j <- h_j - 1, every other h_i <- h_i + u J_j / N,
    then J_j <- (1 - u) J_j; again, until none is above 1

    Avalanches of s firings follow s^(-3/2) over a broad range of alpha, since long ones tire the
    synapses and short ones let them recover: <L> (1 - (N - 1) <u J> / N) is about 1, where <u J> is
    the mean over firings of what one unit sends.

    Args:
        on: Population whose agents are units.
        alpha: Strength towards which synapses recover, times u. [potential]
        use: u, the share of a synapse's strength that a firing uses. [1]
        recovery: nu, the time of recovery in drives per unit. [drives]
        drive: What a unit is given from outside at once. [potential]
        drives: Most that are given in one step; if no unit has fired then, no avalanche. [1]
        waves: Most waves of an avalanche; what is left goes on in the next step. [1]
        state: Column of potentials h `(agents,)`; made from U[0, 1) if there is none.
        warmup: Steps before avalanches count. [steps]

    Reads: state; `synapse`.
    Writes: state; `synapse` `(agents,)`, J; `firings` `(agents,)`, how often each fired in this
    step's avalanche; `avalanches` `(agents,)`, of which entry i counts avalanches of size i + 1,
    the last one those of the size of the system and larger.

    Source: Levina, Herrmann and Geisel (2007), Nature Physics 3, 857, doi:10.1038/nphys758.
    Departs from it: all synapses of a unit, which tire together, are one number J_j that begins at
    alpha / u; recovery is exact, not in small steps; a step ends after at most `drives` drives.
    """

    on: PopulationName
    alpha: NonNegative = 1.4
    use: Annotated[float, Field(gt=0, le=1)] = 0.2
    recovery: Positive = 10.0
    drive: Annotated[Positive, Field(le=1)] = 0.025
    drives: Count = 128
    waves: Count = 10_000
    state: Column = "potential"
    warmup: Index = 0

    reads: ClassVar[Reads] = "anyone"

    def prepare(self, world: World, acting: Acting) -> World:
        """Gives every unit a potential, and rested synapses where it has none."""
        world = begun(world, acting, self.on, self.state)
        if "synapse" in world[self.on].state:
            return world
        rested = torch.full_like(world[self.on][self.state], self.alpha / self.use)
        return world.with_state(self.on, synapse=rested)

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after one avalanche in each replica."""
        population = world[self.on]
        units, rested = population.agents, self.alpha / self.use

        def wave(fires: Tensor, h: Tensor, strength: Tensor) -> tuple[Tensor, Tensor]:
            sent = fires * strength * (self.use / units)
            after = h - fires - sent + sent.sum(1, keepdim=True)
            return after, strength * (1 - self.use * fires)

        h, strength = (population.per_replica(population[name]) for name in (self.state, "synapse"))
        h, drives = driven(world, acting, h, self.drive, self.drives)
        left = exp(-1 / (self.recovery * units)) ** drives[:, None].to(h.dtype)
        strength = rested + (strength - rested) * left
        h, strength, firings = avalanche(h, strength, wave, self.waves)
        columns = {
            self.state: h.flatten(),
            "synapse": strength.flatten(),
            "firings": firings.flatten(),
            "avalanches": counted(population, firings, world.step >= self.warmup),
        }
        return world.with_state(self.on, **columns)
