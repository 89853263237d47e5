"""Magnetisation: order, energy and fluctuations of spins."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.needs.base import AbstractNeed
from netware.needs.edges import Joins
from netware.needs.state import HasColumn
from netware.parameters import Column, Index, PopulationName, Real, RelationName
from netware.probes.base import AbstractRememberingProbe, Memory
from netware.world import World


@dataclass(frozen=True)
class Magnetisation(AbstractRememberingProbe):
    """Measures how far spins point one way, what energy they have, and how both fluctuate.

    m = 1/N sum_i s_i,   e = -1/N [J/2 sum_ij a_ij s_i s_j + h sum_i s_i],
    chi = N (<m^2> - <|m|>^2) / T,   averages over the steps after the warmup

    Args:
        on: Population of spins.
        over: Relation whose edges, one in each direction, say which spins feel each other.
        coupling: J. [energy]
        field: h. [energy]
        state: Column of spins `(agents,)`.
        temperature: Column `(agents,)` of T, the same for all of a replica, as the rule `ising`
            writes it. [energy]
        warmup: Steps that the averages leave out; they run over every step after, whenever the
            probe is read. [steps]

    Reads: state, temperature; edges of `over`, with their weights.
    Quantities: `magnetisation`, m; `absolute`, |m|; `energy` per spin, e; `susceptibility`, chi per
    spin, not a number before the second step that counts. [1]

    Source: Onsager (1944), Phys. Rev. 65, 117, doi:10.1103/PhysRev.65.117.
    Departs from it: nothing; chi is that of |m|, since in a finite system m changes its sign.
    """

    on: PopulationName
    over: RelationName
    coupling: Real = 1.0
    field: Real = 0.0
    state: Column = "spin"
    temperature: Column = "temperature"
    warmup: Index = 0

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "magnetisation": (),
        "absolute": (),
        "energy": (),
        "susceptibility": (),
    }
    memory: ClassVar[Mapping[str, tuple[str, ...]]] = {"steps": (), "absolute": (), "square": ()}
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasColumn("state", (), floating=True),
        HasColumn("temperature", (), fix="name the column that the rule 'ising' writes"),
        Joins("over"),
    )

    def begin(self, world: World) -> dict[str, Tensor]:
        """Returns sums of nothing yet: the beginning itself does not count."""
        self.insist(world)
        population = world[self.on]
        zeros = torch.zeros(population.replicas, dtype=torch.float64, device=population.device)
        return dict.fromkeys(self.memory, zeros)

    def remember(self, world: World, memory: Memory) -> dict[str, Tensor]:
        """Returns the sums with this step's mean spin in them, once the warmup is over."""
        population = world[self.on]
        if world.step <= self.warmup or not population.agents:
            return dict(memory)
        m = population.per_replica(population[self.state].double()).mean(1).abs()
        return {
            "steps": memory["steps"] + 1,
            "absolute": memory["absolute"] + m,
            "square": memory["square"] + m.square(),
        }

    def recall(self, world: World, memory: Memory) -> dict[str, Tensor]:
        """Returns all quantities of each replica."""
        population, edges = world[self.on], world.edges[self.over]
        if not population.agents:
            return self.nothing(population)
        spins = population[self.state]
        energy = -spins * (edges.total(spins) * (self.coupling / 2) + self.field)
        m = population.per_replica(spins).mean(1)
        heat = population.per_replica(population[self.temperature])[:, 0].double()
        steps = memory["steps"]
        variance = memory["square"] / steps - (memory["absolute"] / steps).square()
        chi = population.agents * variance.clamp(min=0) / heat
        return {
            "magnetisation": m,
            "absolute": m.abs(),
            "energy": population.per_replica(energy).mean(1),
            "susceptibility": chi.masked_fill(steps < 2, torch.nan),
        }
