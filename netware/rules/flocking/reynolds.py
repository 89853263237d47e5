"""Reynolds: birds that keep together, go along and do not collide."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.errors import ScenarioError
from netware.parameters import NonNegative, PopulationName, Positive
from netware.rules.base import AbstractRule, Acting, Reads, beside
from netware.rules.flocking.base import check_moving
from netware.space.all_pairs import AbstractBlock
from netware.space.neighbors import candidates, each, near
from netware.varying.base import Varying
from netware.world import World


CLOSEST = 1e-6


@dataclass(frozen=True)
class Reynolds(AbstractRule):
    """Steers each agent by three wishes about those near it, then moves it.

    a_i = cohesion (<x_j> - x_i) + alignment (<v_j> - v_i) - separation sum_k (x_k - x_i) / r_ik^2
    v_i(t + dt) = v_i + dt a_i, made as long as `slowest` and no longer than `fastest`
    x_i(t + dt) = x_i + dt v_i(t + dt)

    Means run over the others within `radius`, the sum over those within `crowding`. All agents
    turn at once. An agent with none near flies straight on.

    Args:
        on: Population that flies.
        radius: Distance up to which an agent sees others. [length]
        crowding: Distance below which others are too close. [length]
        separation: Weight of keeping apart. [length^2 / time^2]
        alignment: Weight of going along, the rate at which velocities meet. [1 / time]
        cohesion: Weight of keeping together. [1 / time^2]
        slowest: Least speed. [length / time]
        fastest: Greatest speed. [length / time]

    Reads: position, velocity `(agents, space)`.
    Writes: position, velocity.

    Source: Reynolds (1987), Comput. Graph. 21(4), 25, doi:10.1145/37402.37406.
    Departs from it: the wishes are added, not served in order until the strength is used up; all
    around counts, not what lies ahead alone.
    """

    on: PopulationName
    radius: Positive = 1.0
    crowding: Positive = 0.3
    separation: Varying[NonNegative] = 0.05
    alignment: Varying[NonNegative] = 0.5
    cohesion: Varying[NonNegative] = 0.2
    slowest: NonNegative = 0.0
    fastest: Positive = 1.0

    reads: ClassVar[Reads] = "anyone"

    def __post_init__(self):
        """Refuses a least speed above the greatest."""
        if self.slowest > self.fastest:
            raise ScenarioError(
                "reynolds.slowest",
                found=f"slowest = {self.slowest:g} and fastest = {self.fastest:g}",
                expected="slowest at most fastest",
                fix="write a smaller 'slowest'",
                code="S-RANGE",
            )

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses agents that cannot move."""
        check_moving(world, self.on, acting.rule)
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after all have turned and moved."""
        space = world.needs_space(f"rules.{acting.rule}")
        x, v = world[self.on]["position"], world[self.on]["velocity"]
        turned = limited(v + world.dt * self.wish(world, acting, x, v), self.slowest, self.fastest)
        moved = space.wrap(x + world.dt * turned)
        return world.with_state(self.on, position=moved, velocity=turned)

    def wish(self, world: World, acting: Acting, x: Tensor, v: Tensor) -> Tensor:
        """Returns the acceleration that each agent wants, from one pass over the pairs."""
        separation, alignment, cohesion = (
            beside(acting.value(world, self, name), x)
            for name in ("separation", "alignment", "cohesion")
        )
        alike = not isinstance(separation, Tensor)
        gathers = isinstance(cohesion, Tensor) or cohesion > 0
        space, reach = world.needs_space("reynolds"), max(self.radius, self.crowding)
        pairs = candidates(x, reach, space, world.replicas)
        columns = pairs.arranged(torch.cat([v, torch.ones_like(v[:, :1])], 1))

        def sums(block: AbstractBlock) -> Tensor:
            gaps = block.gaps(space)
            square = gaps[0].square()
            for gap in gaps[1:]:
                square.addcmul_(gap, gap)
            heard = near(square, self.radius, None)
            crowded = near(square, self.crowding, self.closeness)
            crowded = crowded.mul_(separation) if alike else crowded
            # What keeps apart counts pair by pair, what keeps together as a mean over the heard.
            apart = [block.sum(gap * crowded) for gap in gaps]
            together = [block.sum(gap * heard) for gap in gaps] if gathers else apart
            return torch.cat([block.total(heard, columns), torch.stack([*together, *apart], 1)], 1)

        total = pairs.restored(torch.cat(each(pairs, sums)))
        along, count, together, apart = total.split([v.shape[1], 1, v.shape[1], v.shape[1]], 1)
        wanted = alignment * (along - count * v) + cohesion * together
        return wanted / (count - 1).clamp(min=1) - (apart if alike else separation * apart)

    def closeness(self, square: Tensor) -> Tensor:
        """Returns 1 / r^2, finite where two stand on one spot."""
        return square.clamp(min=(CLOSEST * self.crowding) ** 2).reciprocal_()


def limited(velocity: Tensor, slowest: float, fastest: float) -> Tensor:
    """Returns velocities of the same direction whose speed is within the limits."""
    speed = velocity.norm(dim=1, keepdim=True)
    bounded = speed.clamp(slowest, fastest)
    return torch.where(speed == bounded, velocity, velocity * (bounded / speed.clamp(min=1e-30)))
