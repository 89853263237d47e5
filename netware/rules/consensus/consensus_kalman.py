"""Consensus Kalman filter: sensors track a signal together, though each hears neighbours alone."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from netware.draws import Purpose
from netware.errors import ScenarioError, ShapeError
from netware.graphs.components import component_sizes
from netware.graphs.laplacian import diffused
from netware.parameters import (
    Column,
    Count,
    NonNegative,
    PopulationName,
    Positive,
    Real,
    RelationName,
)
from netware.population import Population
from netware.rules.base import AbstractRule, Acting, Reads, must_join
from netware.world import World


Row = Annotated[tuple[Real, ...], Field(min_length=1, max_length=64)]
BALANCE = 1e-6
Matrix = Annotated[tuple[Row, ...], Field(min_length=1, max_length=64)]


@dataclass(frozen=True)
class ConsensusKalman(AbstractRule):
    """Lets every agent filter a signal that all measure, from averages that it gets by consensus.

    s(t + 1) = A s(t) + w,   w ~ N(0, process I);   z_i = H_i s + v_i,   v_i ~ N(0, R_i)
    y_i = H_i^T z_i / R_i and S_i = H_i^T H_i / R_i go through `updates` rounds of x <- x - gain L x
    M_i = (P_i^-1 + n S_i)^-1,   m_i = m_i^- + M_i (n y_i - n S_i m_i^-),
    then m_i^- = A m_i and P_i = A M_i A^T + process I for the next step

    n counts the living agents of the component of agent i: those who hear each other, if only
    through others. Once the rounds have come to the mean of the component, each of its agents has
    the estimate of a filter that sees all n measurements. For A = process = R = 1 its variance
    before measuring goes to (1 + sqrt(1 + 4 / n)) / 2; for a signal at rest the estimate is the
    mean of all that was measured, weighted by 1 / R_i.

    Args:
        on: Population of sensors.
        over: Relation whose edges say which agents hear which: a -> b lets b hear a; of each agent
            as much weight in as out.
        dynamics: A, a list of rows; as many as the signal has numbers. [1]
        process: Variance of each number of w. [unit of the signal, squared]
        noise: Variance R of what each sensor measures. [unit of the signal, squared]
        variance: Column with an R of each agent's own, in place of `noise`.
        senses: What a sensor measures: `all` numbers of the signal, or `one`, agent i the number
            i modulo their count, so that no sensor alone can follow a signal of several.
        prior: Variance of each number of the first estimate. [unit of the signal, squared]
        updates: Rounds of consensus within a step. [1]
        gain: Step length of a round, the epsilon of the literature. [1]
        state: Column with the estimate m_i; made, as zeros, where there is none.
        signal: Column with the signal s, the same for all agents of a replica; begins as that of
            agent 0, or zeros where there is none.

    Reads: estimate, signal, `variance`; edges of `over`, with their weights.
    Writes: estimate, signal; `<rule>.covariance` (M_i, after measuring).

    Source: Olfati-Saber (2005), Proc. 44th IEEE CDC, 8179, doi:10.1109/CDC.2005.1583486; Spanos,
    Olfati-Saber and Murray (2005), Proc. IPSN, 133, doi:10.1109/IPSN.2005.1440912.
    Departs from it: averages again from each measurement, by plain rounds, instead of tracking the
    averages by filters of their own; n is that of a component, for graphs that are not connected.
    """

    on: PopulationName
    over: RelationName
    dynamics: Matrix = ((1.0,),)
    process: NonNegative = 1.0
    noise: Positive = 1.0
    variance: Column | None = None
    senses: Literal["all", "one"] = "all"
    prior: Positive = 1.0
    updates: Count = 10
    gain: NonNegative = 0.1
    state: Column = "estimate"
    signal: Column = "signal"

    reads: ClassVar[Reads] = "edges"

    def __post_init__(self):
        """Refuses dynamics that are no square matrix."""
        if any(len(row) != len(self.dynamics) for row in self.dynamics):
            raise ScenarioError(
                "dynamics",
                found=f"{len(self.dynamics)} rows of {[len(row) for row in self.dynamics]} numbers",
                expected="as many numbers in each row as rows",
                fix="write for example 'dynamics: [[1, 1], [0, 1]]'",
            )

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses columns that do not fit; makes the estimate, its covariance and the signal."""
        where, population, size = f"rules.{acting.rule}", world[self.on], len(self.dynamics)
        must_join(world, self.on, self.over, f"{where}.over")
        must_balance(world, self.on, self.over, f"{where}.over")
        for column in (self.state, self.signal):
            shape = (size,) if column not in population.state else population[column].shape[1:]
            if tuple(shape) not in ((size,), () if size == 1 else (size,)):
                raise ShapeError(
                    f"populations.{self.on}.state.{column}",
                    found=f"shape {tuple(shape)} for each agent",
                    expected=f"({size},), as 'dynamics' has rows",
                    fix=f"write 'dynamics' with other rows, or leave '{column}' out",
                )
        if self.variance is not None and bool((population[self.variance] <= 0).any()):
            raise ScenarioError(
                f"populations.{self.on}.state.{self.variance}",
                found=f"a variance of {float(population[self.variance].min()):g}",
                expected="variances above 0",
                fix=f"write '{self.variance}: {{uniform: [0.5, 2.0]}}'",
            )
        zeros = torch.zeros(
            (population.total, size), dtype=population.dtype, device=population.device
        )
        first = population.per_replica(population.state.get(self.signal, zeros))[:, :1]
        eye = torch.eye(size, dtype=population.dtype, device=population.device)
        columns = {
            self.state: population.state.get(self.state, zeros),
            self.signal: first.expand(-1, population.agents, *first.shape[2:]).flatten(0, 1),
            f"{acting.rule}.covariance": (self.prior * eye).repeat(population.total, 1, 1),
        }
        return world.with_state(self.on, **columns)

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after the signal has moved, was measured, and was estimated."""
        population, edges, size = world[self.on], world.edges[self.over], len(self.dynamics)
        dtype, covariance = population.dtype, f"{acting.rule}.covariance"
        dynamics = torch.tensor(self.dynamics, dtype=dtype, device=population.device)
        drift = world.draws.stream(Purpose.RULE, f"{acting.rule}/process", 1, world.step)
        pushed = drift.normal(0.0, self.process**0.5, (size,), dtype)[population.replica]
        signal = population[self.signal].view(-1, size) @ dynamics.T + pushed
        mean = population[self.state].view(-1, size) @ dynamics.T
        process = self.process * torch.eye(size, dtype=dtype, device=population.device)
        before = dynamics @ population[covariance] @ dynamics.T + process
        seen, r = self.seen(population), self.variances(population)
        noise = acting.stream(world, self.on, "noise").normal(0.0, 1.0, (size,), dtype)
        measured = signal + noise * r.sqrt()
        told = torch.cat([seen * measured / r, seen / r], 1)
        for _ in range(self.updates):
            told = diffused(edges, told, self.gain)
        n = component_sizes(edges).to(dtype)[:, None]
        y, information = (n * told).split(size, 1)
        after = inverse(inverse(before) + torch.diag_embed(information))
        mean = mean + (after @ (y - information * mean)[..., None])[..., 0]
        columns = {self.state: mean, self.signal: signal}
        columns = {name: x.view_as(population[name]) for name, x in columns.items()}
        return world.with_state(self.on, **columns, **{covariance: after})

    def seen(self, population: Population) -> Float[Tensor, "agents numbers"]:
        """Returns 1 for every number of the signal that an agent measures, 0 for the others."""
        size = len(self.dynamics)
        every = torch.arange(size, device=population.device)
        chosen = population.ids[:, None] % size == every
        return (chosen if self.senses == "one" else chosen | True).to(population.dtype)

    def variances(self, population: Population) -> Float[Tensor, "agents one"]:
        """Returns the variance of what each agent measures."""
        if self.variance is not None:
            return population[self.variance].view(-1, 1)
        shape = (population.total, 1)
        return torch.full(shape, self.noise, dtype=population.dtype, device=population.device)


def must_balance(world: World, on: str, over: str, where: str) -> None:
    """Refuses edges along which rounds of consensus do not come to the mean."""
    edges, agents = world.edges[over], world[on].agents
    weight = edges.weights(torch.float64)
    weights = torch.stack([weight, weight.abs()], 1)
    zeros = weights.new_zeros(edges.targets, 2)
    heard = zeros.index_add(0, edges.target.long(), weights)
    told = zeros.index_add(0, edges.source.long(), weights)
    apart = (heard - told)[:, 0].abs() - BALANCE * (heard + told)[:, 1]
    if bool((apart > 0).any()):
        one = int(apart.argmax())
        raise ScenarioError(
            where,
            found=f"'{over}', along which agent {one % agents} hears weights of "
            f"{float(heard[one, 0]):g} and is heard with {float(told[one, 0]):g}",
            expected="edges that lead to the mean: of each agent as much weight in as out",
            fix="choose a topology that joins agents both ways, such as watts_strogatz, with equal "
            "weights",
        )


def inverse(matrix: Float[Tensor, "agents n n"]) -> Float[Tensor, "agents n n"]:
    """Returns the inverses of covariances; a device is not waited for, the guard finds failures."""
    return torch.linalg.inv_ex(matrix).inverse
