"""Bounded drift: a rule of one's own."""

from dataclasses import dataclass
from typing import ClassVar

from netware.needs.edges import Joins
from netware.needs.state import ONE, HasColumn
from netware.parameters import Column, NonNegative, PopulationName, RelationName
from netware.rules.base import AbstractRule, Acting, Reads
from netware.world import World


@dataclass(frozen=True)
class BoundedDrift(AbstractRule):
    """Moves each agent towards the mean of its neighbours, by a bounded step, with noise.

    x_i(t + 1) = x_i + clip(mean_{j -> i} x_j - x_i, -most, most) + xi_i,   xi_i ~ N(0, noise^2)

    Args:
        on: Population whose agents act.
        over: Relation whose edges say which agents each one hears.
        state: Column of state.
        most: Largest step towards the others. [as the column]
        noise: Standard deviation of the noise. [as the column]

    Reads: `state` of its own agents, and of those at the source end of its edges.
    Writes: `state`.

    Source: an example of this page.
    Departs from it: nothing.
    """

    on: PopulationName
    over: RelationName
    state: Column = "x"
    most: NonNegative = 0.1
    noise: NonNegative = 0.0

    reads: ClassVar[Reads] = "edges"
    needs: ClassVar = (Joins("over"), HasColumn("state", ONE, floating=True))

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after one step."""
        x, edges = world[self.on][self.state], world.edges[self.over]
        alone = (edges.in_degree == 0).view(-1, *[1] * (x.dim() - 1))
        step = (edges.mean(x) - x).clamp(-self.most, self.most).masked_fill(alone, 0)
        xi = acting.stream(world, self.on).normal(size=x.shape[1:], sd=self.noise, dtype=x.dtype)
        return world.with_state(self.on, **{self.state: x + step + xi})
