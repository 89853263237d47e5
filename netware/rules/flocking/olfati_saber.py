"""Olfati-Saber: agents that settle in a lattice, follow a goal and go round obstacles."""

from dataclasses import dataclass
from functools import cache
from math import sqrt
from typing import Annotated, ClassVar

import torch
from pydantic import Field
from torch import Tensor

from netware.errors import ScenarioError
from netware.parameters import NonNegative, PopulationName, Positive, Real
from netware.rules.base import AbstractRule, Acting, Reads
from netware.rules.flocking.base import Method, check_moving, moved
from netware.rules.flocking.lattice import (
    action,
    bump,
    repulsion,
    shadows,
    sigma_norm,
    sigma_of,
)
from netware.space.neighbors import pulls_within, sums_within
from netware.world import World


Point = Annotated[tuple[Real, ...], Field(min_length=2, max_length=3)]
Ball = Annotated[tuple[Real, ...], Field(min_length=3, max_length=4)]
Balls = Annotated[tuple[Ball, ...], Field(max_length=256)]


@dataclass(frozen=True)
class OlfatiSaber(AbstractRule):
    """Drives agents to a set distance from their neighbours, to one velocity, and to a goal.

    u_i = c1_alpha sum_j phi_alpha(|x_j - x_i|_s) n_ij + c2_alpha sum_j a_ij (v_j - v_i)
        + c1_beta sum_k phi_beta(|y_k - x_i|_s) n_ik + c2_beta sum_k b_ik (w_k - v_i)
        - c1_gamma s1(x_i - x_goal) - c2_gamma (v_i - v_goal),   s1(z) = z / sqrt(1 + |z|^2)

    |z|_s = (sqrt(1 + epsilon |z|^2) - 1) / epsilon, n_ij = (x_j - x_i) / sqrt(1 + epsilon r_ij^2),
    phi_alpha is 0 at `distance` and beyond `radius`. y_k is the point of obstacle k nearest to the
    agent, w_k its velocity as the agent passes. Without a goal (c1_gamma = 0), flocks fall apart.

    Args:
        on: Population that flies.
        distance: d, from each agent to its neighbours in the lattice. [length]
        radius: r, up to which agents see others. [length]
        c1_alpha: Strength of the lattice. [length / time^2]
        c2_alpha: Rate at which velocities meet; 2 sqrt(c1_alpha) if left out. [1 / time]
        c1_gamma: Strength of the goal's pull. [length / time^2]
        c2_gamma: Rate at which agents take the goal's velocity; 2 sqrt(c1_gamma) if left out.
            [1 / time]
        goal: Where the goal is at time 0; the origin if left out. [length]
        goal_velocity: How it moves; it rests if left out. [length / time]
        obstacles: Balls, each as [x, y, radius] or [x, y, z, radius]. [length]
        obstacle_distance: d', up to which agents see an obstacle. [length]
        c1_beta: Strength of the obstacles' push. [length / time^2]
        c2_beta: Rate at which agents turn along obstacles; 2 sqrt(c1_beta) if left out. [1 / time]
        epsilon: Of the smooth norm. [1 / length^2]
        h: Share of the range in which the bump is 1. [1]
        h_beta: The same for obstacles. [1]
        a: Greatest pull of phi. [1]
        b: Greatest push of phi, at least a. [1]
        method: How a step of length dt is taken.

    Reads: position, velocity `(agents, space)`.
    Writes: position, velocity.

    Source: Olfati-Saber (2006), IEEE Trans. Autom. Control 51, 401, doi:10.1109/TAC.2005.864190.
    Departs from it: nothing.
    """

    on: PopulationName
    distance: Positive = 7.0
    radius: Positive = 8.4
    c1_alpha: NonNegative = 3.0
    c2_alpha: NonNegative | None = None
    c1_gamma: NonNegative = 1.1
    c2_gamma: NonNegative | None = None
    goal: Point | None = None
    goal_velocity: Point | None = None
    obstacles: Balls = ()
    obstacle_distance: Positive = 4.2
    c1_beta: NonNegative = 10.0
    c2_beta: NonNegative | None = None
    epsilon: Positive = 0.1
    h: Annotated[float, Field(ge=0, lt=1)] = 0.2
    h_beta: Annotated[float, Field(ge=0, lt=1)] = 0.9
    a: Positive = 5.0
    b: Positive = 5.0
    method: Method = "rk4"

    reads: ClassVar[Reads] = "anyone"

    def __post_init__(self):
        """Refuses a lattice wider than agents see, and a pull above the push."""
        if self.distance >= self.radius:
            raise ScenarioError(
                "olfati_saber.radius",
                found=f"radius = {self.radius:g} and distance = {self.distance:g}",
                expected="a radius above the distance",
                fix=f"write 'radius: {1.2 * self.distance:g}'",
                code="S-RANGE",
            )
        if self.a > self.b:
            raise ScenarioError(
                "olfati_saber.a",
                found=f"a = {self.a:g} and b = {self.b:g}",
                expected="a at most b",
                fix=f"write 'a: {self.b:g}'",
                code="S-RANGE",
            )

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses agents that cannot move, and a space, goal or obstacle that does not fit."""
        space = check_moving(world, self.on, acting.rule)
        if space.periodic and space.box < 2 * self.radius:
            raise ScenarioError(
                f"rules.{acting.rule}.radius",
                found=f"radius = {self.radius:g} in a periodic box of side {space.box:g}",
                expected=f"at most {space.box / 2:g}, half the box, where forces would jump",
                fix=f"write 'space: {{dimensions: {space.dimensions}, box: {10 * self.radius:g}}}'",
            )
        given = {"goal": self.goal, "goal_velocity": self.goal_velocity}
        wanted = {name: (point, space.dimensions) for name, point in given.items() if point}
        wanted |= {
            f"obstacles[{k}]": (o, space.dimensions + 1) for k, o in enumerate(self.obstacles)
        }
        for name, (numbers, many) in wanted.items():
            if len(numbers) != many:
                raise ScenarioError(
                    f"rules.{acting.rule}.{name}",
                    found=f"{len(numbers)} numbers in {space.dimensions} dimensions",
                    expected=f"{many} numbers",
                    fix=f"write '[{', '.join(['1.0'] * many)}]'",
                )
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world one step later."""
        population, space = world[self.on], world.needs_space(f"rules.{acting.rule}")

        def force(passed: float, x: Tensor, v: Tensor) -> Tensor:
            total = self.alpha(world, x, v) + self.gamma(world, x, v, world.time + passed)
            return total + self.beta(world, x, v) if self.obstacles else total

        position, velocity = moved(
            population["position"], population["velocity"], force, world.dt, self.method
        )
        return world.with_state(self.on, position=space.wrap(position), velocity=velocity)

    def alpha(self, world: World, x: Tensor, v: Tensor) -> Tensor:
        """Returns what agents do to each other."""
        space, replicas = world.needs_space("olfati_saber"), world.replicas
        range_, distance = (sigma_of(one, self.epsilon) for one in (self.radius, self.distance))

        def pull(square: Tensor) -> Tensor:
            z = sigma_norm(square, self.epsilon)
            # 1 / sqrt(1 + epsilon r^2), from the norm itself.
            return action(z, range_, distance, self.h, self.a, self.b) / (1 + self.epsilon * z)

        def sees(square: Tensor) -> Tensor:
            return bump(sigma_norm(square, self.epsilon) / range_, self.h)

        lattice = pulls_within(x, self.radius, space, replicas, pull)
        total, weight = sums_within(x, v, self.radius, space, replicas, sees)
        c2 = damping(self.c2_alpha, self.c1_alpha)
        return self.c1_alpha * lattice + c2 * (total - weight[:, None] * v)

    def beta(self, world: World, x: Tensor, v: Tensor) -> Tensor:
        """Returns what obstacles do to agents."""
        range_ = sigma_of(self.obstacle_distance, self.epsilon)
        balls = numbers(self.obstacles, x.dtype, x.device)
        gap = world.needs_space("olfati_saber").displacement(x[:, None] - balls[:, :-1])
        way, motion = shadows(gap, v, balls[:, -1])
        z = sigma_norm(way.square().sum(-1, keepdim=True), self.epsilon)
        push = repulsion(z, range_, self.h_beta) * way / (1 + self.epsilon * z)
        along = bump(z / range_, self.h_beta) * (motion - v[:, None])
        return (self.c1_beta * push + damping(self.c2_beta, self.c1_beta) * along).sum(1)

    def gamma(self, world: World, x: Tensor, v: Tensor, time: float) -> Tensor:
        """Returns the pull of the goal."""
        rest = (0.0,) * x.shape[1]
        begin, speed = (
            numbers(one or rest, x.dtype, x.device) for one in (self.goal, self.goal_velocity)
        )
        gap = world.needs_space("olfati_saber").displacement(x - begin - time * speed)
        pull = gap / (1 + gap.square().sum(1, keepdim=True)).sqrt()
        return -self.c1_gamma * pull - damping(self.c2_gamma, self.c1_gamma) * (v - speed)


def damping(given: float | None, strength: float) -> float:
    """Returns c2: what was given, or else 2 sqrt(c1)."""
    return 2 * sqrt(strength) if given is None else given


@cache
def numbers(given: tuple, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Returns numbers of the scenario as a tensor, made once."""
    return torch.tensor(given, dtype=dtype, device=device)
