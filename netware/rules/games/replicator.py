"""Replicator: strategies that earn more than the mean grow."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor

from netware.errors import ScenarioError
from netware.measures.payoffs import Matrix, check_square, given_rows, table
from netware.parameters import Column, PopulationName
from netware.rules.base import AbstractRule, Acting, Reads
from netware.world import World


@dataclass(frozen=True)
class Replicator(AbstractRule):
    """Lets each strategy's share grow by what it earns above the mean.

    dx_k/dt = x_k ((A x)_k - x . A x)

    Every agent is a large population of players who meet at random, and x are the shares of their
    strategies. `rk4` keeps what the equation keeps (the product of shares of a zero-sum game) to
    the fourth order; `euler` takes x + dt dx/dt and drifts outwards, away from the centre of such
    a game. The default game is hawk against dove, value 2 and cost 4: half of them are hawks.

    Args:
        on: Population whose agents have shares.
        payoff: A, row = own strategy, column = the other's. [payoff]
        state: Column of shares `(agents, strategies)`; each row is divided by its sum before the
            first step, and drawn uniformly from all shares if there is none.
        method: How a step of length dt is taken.

    Reads: state.
    Writes: state; `payoff` `(agents,)`, the mean x . A x before the step.

    Source: Taylor and Jonker (1978), Math. Biosci. 40, 145, doi:10.1016/0025-5564(78)90077-9;
    hawks and doves: Maynard Smith and Price (1973), Nature 246, 15, doi:10.1038/246015a0.
    Departs from it: divides by the sum after each step, which is 1 but for rounding.
    """

    on: PopulationName
    payoff: Matrix = ((-1.0, 2.0), (0.0, 1.0))
    state: Column = "strategy"
    method: Literal["rk4", "euler"] = "rk4"

    reads: ClassVar[Reads] = "anyone"

    def __post_init__(self):
        """Refuses a matrix that is not square."""
        check_square(self.payoff, "replicator")

    def prepare(self, world: World, acting: Acting) -> World:
        """Makes every row a row of shares, and refuses one that cannot be."""
        population, strategies = world[self.on], len(self.payoff)
        x = given_rows(population, self.state, strategies)
        if x is None:
            unit = acting.stream(world, self.on, "start").uniform(
                size=(strategies,), dtype=torch.float64
            )
            x = -torch.log1p(-unit).to(population.dtype)
        total = x.sum(1, keepdim=True)
        wrong = (x < 0).any(1) | (total[:, 0] <= 0)
        if bool(wrong.any()):
            raise ScenarioError(
                f"populations.{self.on}.state.{self.state}",
                found=f"{int(wrong.sum())} agents with a share below 0, or with none above",
                expected="shares of at least 0, some above 0",
                fix=f"write '{self.state}: {{uniform: [0, 1], size: {strategies}}}'",
            )
        x = x / total
        return world.with_state(self.on, **{self.state: x, "payoff": torch.zeros_like(x[:, 0])})

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world one step of growth later."""
        x = world[self.on][self.state]
        a = table(self.payoff, x.dtype, x.device)
        step = euler if self.method == "euler" else rk4
        moved = x + world.dt * step(x, a, world.dt)
        columns = {
            self.state: moved / moved.sum(1, keepdim=True),
            "payoff": (x * (x @ a.T)).sum(1),
        }
        return world.with_state(self.on, **columns)


def growth(x: Tensor, a: Tensor) -> Tensor:
    """Returns dx/dt."""
    earned = x @ a.T
    return x * (earned - (x * earned).sum(1, keepdim=True))


def euler(x: Tensor, a: Tensor, dt: float) -> Tensor:
    """Returns the slope at the beginning of the step."""
    return growth(x, a)


def rk4(x: Tensor, a: Tensor, dt: float) -> Tensor:
    """Returns the mean slope of the step by Runge and Kutta's rule of fourth order."""
    k1 = growth(x, a)
    k2 = growth(x + dt / 2 * k1, a)
    k3 = growth(x + dt / 2 * k2, a)
    k4 = growth(x + dt * k3, a)
    return (k1 + 2 * k2 + 2 * k3 + k4) / 6
