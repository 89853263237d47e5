"""Vicsek: birds that turn as their neighbours do."""

from dataclasses import dataclass
from math import tau
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netware.errors import ScenarioError, ShapeError
from netware.parameters import NonNegative, PopulationName, Positive
from netware.rules.base import AbstractRule, Acting, Reads, beside
from netware.space.headings import anywhere, tilted, towards
from netware.space.neighbors import sums_within
from netware.varying.base import Varying, greatest
from netware.world import World


MOST_NOISE = {"angular": tau, "vectorial": 1.0}


@dataclass(frozen=True)
class Vicsek(AbstractRule):
    """Turns each agent to the mean heading of those near it, then moves it.

    theta_i(t + dt) = arg sum_{|x_j - x_i| <= radius} exp(i theta_j(t)) + xi_i,
    xi_i ~ U(-noise/2, noise/2),   x_i(t + dt) = x_i(t) + speed dt e(theta_i(t + dt))

    The sum counts the agent itself. In three dimensions the new heading is uniform in the cone of
    half angle noise/2 about the mean. Vectorial noise is an error of hearing instead of steering:
    theta_i = arg(sum_j exp(i theta_j) + noise n_i exp(i zeta_i)), zeta_i in any direction, n_i the
    number heard. A sum of exactly 0 leaves the heading as it was.

    Args:
        on: Population that flies.
        radius: Distance up to which an agent sees others. [length]
        speed: Distance covered in a unit of time. [length / time]
        noise: Width of the angular noise, 0 to 2 pi [rad]; strength of the vectorial, 0 to 1 [1].
        kind: `angular` noise turns the mean heading; `vectorial` noise is added to the sum.

    Reads: position, heading `(agents, space)` of length 1.
    Writes: position, heading.

    Source: Vicsek et al. (1995), Phys. Rev. Lett. 75, 1226, doi:10.1103/PhysRevLett.75.1226;
    vectorial noise: Gregoire and Chate (2004), Phys. Rev. Lett. 92, 025702,
    doi:10.1103/PhysRevLett.92.025702.
    Departs from it: moves with the new heading, not the old one.
    """

    on: PopulationName
    radius: Positive = 1.0
    speed: Varying[NonNegative] = 0.03
    noise: Varying[Annotated[float, Field(ge=0, le=6.283185307179587)]] = 1.0
    kind: Literal["angular", "vectorial"] = "angular"

    reads: ClassVar[Reads] = "anyone"

    def __post_init__(self):
        """Refuses more vectorial noise than there is."""
        noise = greatest(self.noise)
        if noise > MOST_NOISE[self.kind] and self.kind == "vectorial":
            raise ScenarioError(
                "vicsek.noise",
                found=f"noise = {noise:g} with 'kind: {self.kind}'",
                expected=f"0 to {MOST_NOISE[self.kind]:g}",
                fix="write a smaller noise, or 'kind: angular'",
                code="S-RANGE",
            )

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses agents that are nowhere or head nowhere."""
        population, space = world[self.on], world.needs_space(f"rules.{acting.rule}")
        for column in ("position", "heading"):
            if population[column].shape[1:] != (space.dimensions,):
                raise ShapeError(
                    f"populations.{self.on}.state.{column}",
                    found=f"shape {tuple(population[column].shape[1:])} for each agent",
                    expected=f"({space.dimensions},), the dimensions of the space",
                    fix=f"write '{column}: uniform' under populations.{self.on}.state",
                )
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after all have turned and moved."""
        population, space = world[self.on], world.needs_space(f"rules.{acting.rule}")
        position, heading = population["position"], population["heading"]
        total, heard = sums_within(position, heading, self.radius, space, population.replicas)
        size = () if space.dimensions == 2 else (2,)
        unit = acting.stream(world, self.on).uniform(size=size, dtype=heading.dtype)
        noise = acting.value(world, self, "noise")
        if self.kind == "vectorial":
            turned = towards(
                total + beside(noise, heading) * heard[:, None] * anywhere(unit), heading
            )
        else:
            turned = tilted(towards(total, heading), unit, noise)
        speed = beside(acting.value(world, self, "speed"), turned)
        moved = space.wrap(position + speed * world.dt * turned)
        return world.with_state(self.on, position=moved, heading=turned)
