"""State lesion: agents lose a column of their state."""

from dataclasses import dataclass
from typing import ClassVar

from netware.parameters import Column, Fraction, PopulationName
from netware.rules.base import ANY_ORDER, AbstractRule, Acting, Activation, Phase, Reads
from netware.rules.perturbation.base import hit_agents, zero_where
from netware.world import World


@dataclass(frozen=True)
class StateLesion(AbstractRule):
    """Sets a column of the state of some agents to zero.

    x_i <- 0 of round(fraction N) of the N agents then in each replica

    Args:
        on: Population to damage.
        fraction: Part of the agents that is hit, 0 to 1. [1]
        state: Column that they lose.

    Reads: state.
    Writes: state; before the agents think.

    Source: Albert, Jeong and Barabasi (2000), Nature 406, 378, doi:10.1038/35019019, for random
    failure of a fraction of the nodes.
    Departs from it: an agent that is hit stays where it is, with a state of 0.
    """

    on: PopulationName
    fraction: Fraction
    state: Column = "output"

    reads: ClassVar[Reads] = "own"
    phase: ClassVar[Phase] = "generate"
    orders: ClassVar[frozenset[Activation]] = ANY_ORDER

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses agents without the column."""
        world[self.on][self.state]
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after the damage."""
        hit = hit_agents(world, acting, self.on, self.fraction)
        column = world[self.on][self.state]
        return world.with_state(self.on, **{self.state: zero_where(column, hit)})
