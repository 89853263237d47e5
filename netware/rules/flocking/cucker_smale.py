"""Cucker and Smale: birds whose velocities meet, the faster the nearer they are."""

from dataclasses import dataclass
from math import inf
from typing import ClassVar

from torch import Tensor

from netware.parameters import NonNegative, PopulationName, Positive
from netware.rules.base import AbstractRule, Acting, Reads, beside
from netware.rules.flocking.base import Method, check_moving, moved
from netware.space.neighbors import sums_within
from netware.varying.base import Varying
from netware.world import World


@dataclass(frozen=True)
class CuckerSmale(AbstractRule):
    """Lets velocities approach each other, with a strength that falls with distance.

    dx_i/dt = v_i,   dv_i/dt = strength / N sum_j (v_j - v_i) / (1 + |x_i - x_j|^2)^beta

    All meet in one velocity from any beginning if beta <= 1/2, and if beta is larger only if they
    begin close enough in place and velocity. The mean velocity is kept, and the spread of
    velocities never grows.

    Args:
        on: Population that flies.
        strength: K, the rate at which velocities meet. [1 / time]
        beta: How fast the influence falls with distance. [1]
        radius: Distance beyond which no agent sees another; without it, all see all. [length]
        method: How a step of length dt is taken.

    Reads: position, velocity `(agents, space)`.
    Writes: position, velocity.

    Source: Cucker and Smale (2007), IEEE Trans. Autom. Control 52, 852,
    doi:10.1109/TAC.2007.895842.
    Departs from it: the mean of all accelerations, 0 but for rounding, is taken off each, so that
    momentum is kept to the last digits where all have one strength.
    """

    on: PopulationName
    strength: Varying[NonNegative] = 1.0
    beta: NonNegative = 0.25
    radius: Positive | None = None
    method: Method = "rk4"

    reads: ClassVar[Reads] = "anyone"

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses agents that cannot move."""
        check_moving(world, self.on, acting.rule)
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world one step later."""
        population, space = world[self.on], world.needs_space(f"rules.{acting.rule}")
        radius = self.radius or inf
        strength = beside(acting.value(world, self, "strength"), population["velocity"])

        def force(_: float, x: Tensor, v: Tensor) -> Tensor:
            total, weight = sums_within(x, v, radius, space, world.replicas, self.influence)
            pull = population.per_replica(total - weight[:, None] * v)
            pull = pull - pull.mean(1, keepdim=True)
            return pull.flatten(0, 1) * (strength / population.agents)

        position, velocity = moved(
            population["position"], population["velocity"], force, world.dt, self.method
        )
        return world.with_state(self.on, position=space.wrap(position), velocity=velocity)

    def influence(self, square: Tensor) -> Tensor:
        """Returns psi of squared distances."""
        return (1 + square).pow(-self.beta)
