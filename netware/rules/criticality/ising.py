"""Ising model: spins that turn with their neighbours as far as heat lets them."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from netware.edges import Edges
from netware.errors import ScenarioError, ShapeError
from netware.graphs.colouring import sublattices
from netware.parameters import (
    Column,
    Count,
    PopulationName,
    Positive,
    Real,
    RelationName,
    Varying,
)
from netware.rules.base import (
    ONE_BY_ONE,
    AbstractRule,
    Acting,
    Activation,
    Reads,
    must_join,
    with_rows,
)
from netware.world import World


@dataclass(frozen=True)
class Ising(AbstractRule):
    """Turns each spin with or against the field of its neighbours, by chance.

    E = -J sum_<ij> a_ij s_i s_j - h sum_i s_i,   field_i = J sum_j a_ij s_j + h
    heat bath:  s_i <- +1 with probability 1 / (1 + exp(-2 field_i / T)), else -1
    metropolis: s_i <- -s_i with probability min(1, exp(-2 s_i field_i / T))

    A sweep asks every spin once. Spins that are not joined turn at once: on a grid with even sides
    first the white squares of a checkerboard, then the black ones. On a square grid order sets in
    below T_c = 2 J / log(1 + sqrt(2)) = 2.269 J; on a ring only at T = 0.

    Args:
        on: Population whose agents are spins.
        over: Relation whose edges, one in each direction, say which spins feel each other.
        temperature: T, in units of J with Boltzmann's constant 1. [energy]
        coupling: J; negative for an antiferromagnet. [energy]
        field: h, from outside. [energy]
        update: `heat_bath` or `metropolis`; both have the same equilibrium.
        sweeps: Sweeps in one step. [1]
        state: Column of spins `(agents,)`, +-1; made as `start` says if there is none.
        start: `random`, or all `up`.

    Reads: state; edges of `over`, with their weights.
    Writes: state; `temperature` `(agents,)`, T as of the agent's last turn, in float64. All act at
    once unless `activation` says else.

    Source: Ising (1925), Z. Phys. 31, 253, doi:10.1007/BF02980577; Onsager (1944), Phys. Rev. 65,
    117, doi:10.1103/PhysRev.65.117; metropolis: Metropolis et al. (1953), J. Chem. Phys. 21, 1087,
    doi:10.1063/1.1699114; heat_bath: Glauber (1963), J. Math. Phys. 4, 294,
    doi:10.1063/1.1703954.
    Departs from it: spins turn sublattice by sublattice, not one at a time at random; with
    `activation: shuffled` they do so one at a time, each once in a step.
    """

    on: PopulationName
    over: RelationName
    temperature: Varying[Positive] = 2.0
    coupling: Real = 1.0
    field: Real = 0.0
    update: Literal["heat_bath", "metropolis"] = "heat_bath"
    sweeps: Count = 1
    state: Column = "spin"
    start: Literal["random", "up"] = "random"

    reads: ClassVar[Reads] = "edges"
    orders: ClassVar[frozenset[Activation]] = ONE_BY_ONE

    def prepare(self, world: World, acting: Acting) -> World:
        """Gives every agent a spin, and finds out which may turn at once."""
        population, edges = world[self.on], world.edges[self.over]
        where = f"rules.{acting.rule}"
        must_join(world, self.on, self.over, f"{where}.over")
        refuse_loops(edges, self.over, f"{where}.over")
        drawn = acting.stream(world, self.on, "start").bernoulli(0.5)
        drawn = drawn.to(population.dtype).mul_(2).sub_(1)
        if self.state in population.state:
            given = population[self.state]
            if given.shape != drawn.shape:
                raise ShapeError(
                    f"{where}.state",
                    found=f"'{self.state}' of shape {tuple(given.shape[1:])} for each agent",
                    expected="one number for each agent, whose sign is its spin",
                    fix=f"leave '{self.state}' out under populations.{self.on}.state",
                )
            spins = torch.where(given == 0, drawn, given.sign())
        else:
            spins = drawn if self.start == "random" else torch.ones_like(drawn)
        sublattices(edges)
        heat = heat_of(spins, acting.value(world, self, "temperature"))
        return world.with_state(self.on, **{self.state: spins, "temperature": heat})

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after all sweeps of this step."""
        population, edges = world[self.on], world.edges[self.over]
        spins = population[self.state]
        temperature = acting.value(world, self, "temperature")
        if acting.agents is None:
            group, groups = sublattices(edges)
            for sweep in range(self.sweeps):
                chance = acting.stream(world, self.on, f"{sweep}").uniform(dtype=spins.dtype)
                for number in range(groups):
                    turned = self.turned(spins, edges.total(spins), chance, temperature)
                    spins = torch.where(group == number, turned, spins)
        else:
            near = edges.into(acting.agents)
            for sweep in range(self.sweeps):
                chance = acting.stream(world, self.on, f"{sweep}").uniform(dtype=spins.dtype)
                turned = self.turned(spins[acting.agents], near.total(spins), chance, temperature)
                spins = with_rows(spins, acting.agents, turned)
        acted = spins if acting.agents is None else spins[acting.agents]
        heat = heat_of(acted, temperature)
        if acting.agents is not None:
            heat = with_rows(population["temperature"], acting.agents, heat)
        return world.with_state(self.on, **{self.state: spins, "temperature": heat})

    def turned(
        self,
        own: Float[Tensor, " spins"],
        near: Float[Tensor, " spins"],
        chance: Float[Tensor, " spins"],
        temperature: float | Float[Tensor, " spins"],
    ) -> Float[Tensor, " spins"]:
        """Returns what spins with these neighbours become."""
        twice = (near * self.coupling + self.field) * (2 / temperature)
        if self.update == "heat_bath":
            return (chance < twice.sigmoid()).to(own.dtype).mul_(2).sub_(1)
        return torch.where(chance < (-own * twice).exp(), -own, own)


def heat_of(
    spins: Float[Tensor, " spins"], temperature: float | Float[Tensor, " spins"]
) -> Float[Tensor, " spins"]:
    """Returns the temperature of each spin, in float64."""
    if isinstance(temperature, Tensor):
        return temperature.double()
    return torch.full_like(spins, temperature, dtype=torch.float64)


def refuse_loops(edges: Edges, over: str, where: str) -> None:
    """Refuses spins that are joined with themselves."""
    if bool((edges.source == edges.target).any()):
        raise ScenarioError(
            where,
            found=f"'{over}', which joins agents with themselves",
            expected="edges between different spins",
            fix="take the loops out of the graph",
        )
