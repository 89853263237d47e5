"""Noise: random changes of a column of state, or of all weights."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from netware.errors import ScenarioError
from netware.parameters import Column, NonNegative, PopulationName, Varying
from netware.population import WEIGHTS
from netware.rules.base import (
    IN_PAIRS,
    AbstractRule,
    Acting,
    Activation,
    Reads,
    beside,
    must_own,
    with_rows,
)
from netware.world import World


@dataclass(frozen=True)
class Noise(AbstractRule):
    """Adds independent Gaussian noise to a column of state, or to all weights.

    x_i(t + 1) = x_i(t) + xi_i,   xi_i ~ N(0, sd^2), one number for each component

    Repeated it is a random walk, whose variance grows by sd^2 a step; with an attraction beside
    it, such as average consensus, the agents stay at a distance from each other. For the noise
    of a stochastic differential equation write sd = sigma sqrt(dt).

    Args:
        on: Population that is shaken.
        sd: Standard deviation of the noise of one step. [unit of the state]
        state: Column of state to shake, or `weights` for all weights and biases.

    Reads: state, or weights.
    Writes: state, or weights.

    Source: Xiao, Boyd and Kim (2007), J. Parallel Distrib. Comput. 67, 33,
    doi:10.1016/j.jpdc.2006.08.010, on consensus with additive noise.
    Departs from it: a rule of its own, to be combined with any other.
    """

    on: PopulationName
    sd: Varying[NonNegative]
    state: Column = "output"

    reads: ClassVar[Reads] = "own"
    orders: ClassVar[frozenset[Activation]] = IN_PAIRS

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses a column that holds no real numbers."""
        if self.state == WEIGHTS and world[self.on].weights:
            must_own(world, acting, self.on, f"rules.{acting.rule}.state")
        for name, values in world[self.on].held(self.state).items():
            if not values.is_floating_point():
                raise ScenarioError(
                    f"rules.{acting.rule}.state",
                    found=f"the column '{name}' of whole numbers",
                    expected="a column of real numbers, or 'weights'",
                    fix="choose another column",
                )
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world with noise added."""
        population, shaken = world[self.on], {}
        sd = acting.value(world, self, "sd")
        for name, values in population.held(self.state).items():
            stream, size = acting.stream(world, self.on, name), tuple(values.shape[1:])
            if isinstance(sd, Tensor):
                noise = stream.normal(size=size, dtype=values.dtype)
                noise = noise * beside(sd.to(values.dtype), values)
            else:
                noise = stream.normal(sd=sd, size=size, dtype=values.dtype)
            own = values if acting.agents is None else values[acting.agents]
            shaken[name] = with_rows(values, acting.agents, own + noise)
        return world.with_population(population.holding(self.state, shaken))
