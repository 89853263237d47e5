"""Steer: agents that go where their own network points."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netware.errors import ShapeError
from netware.parameters import Column, NonNegative, PopulationName
from netware.rules.base import AbstractRule, Acting, Reads
from netware.space.headings import out_of_frame, tilted, towards
from netware.world import World


@dataclass(frozen=True)
class Steer(AbstractRule):
    """Turns each agent to where its network's output points, then moves it.

    theta_i(t + dt) = arg y_i + xi_i,   xi_i ~ U(-noise/2, noise/2)
    x_i(t + dt) = x_i(t) + speed dt e(theta_i(t + dt))

    y_i is the output of agent i's own model, a vector of the plane; in the frame `own` its first
    number points ahead and its second to the left. An output of exactly 0 leaves the heading.

    Args:
        on: Population that flies.
        by: Column that holds where each agent wants to go.
        speed: Distance covered in a unit of time. [length / time]
        noise: Width of the angular noise, 0 to 2 pi. [rad]
        frame: `own`, as the agent sees it from its heading, or `world`.

    Reads: `by`, position, heading `(agents, 2)` of length 1.
    Writes: position, heading.

    Source: Vicsek et al. (1995), Phys. Rev. Lett. 75, 1226, doi:10.1103/PhysRevLett.75.1226.
    Departs from it: each agent's network takes the place of the mean over its neighbours.
    """

    on: PopulationName
    by: Column = "output"
    speed: NonNegative = 0.03
    noise: Annotated[float, Field(ge=0, le=6.283185307179587)] = 1.0
    frame: Literal["own", "world"] = "own"

    reads: ClassVar[Reads] = "own"

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses agents that are not in the plane, and networks that do not point."""
        population, space = world[self.on], world.needs_space(f"rules.{acting.rule}")
        for column in ("position", "heading", self.by):
            shape = tuple(population[column].shape[1:])
            if shape != (2,) or space.dimensions != 2:
                raise ShapeError(
                    f"rules.{acting.rule}: populations.{self.on}.state.{column}",
                    found=f"shape {shape} in {space.dimensions} dimensions",
                    expected="(2,) in a space of 2 dimensions",
                    fix="give the model 'outputs: 2', and write 'space: {dimensions: 2, ...}'",
                )
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after all have turned and moved."""
        population, space = world[self.on], world.needs_space(f"rules.{acting.rule}")
        heading, wanted = population["heading"], population[self.by]
        if self.frame == "own":
            wanted = out_of_frame(wanted, heading)
        unit = acting.stream(world, self.on).uniform(dtype=heading.dtype)
        turned = tilted(towards(wanted, heading), unit, self.noise)
        moved = space.wrap(population["position"] + self.speed * world.dt * turned)
        return world.with_state(self.on, position=moved, heading=turned)
