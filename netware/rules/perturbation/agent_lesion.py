"""Agent lesion: whole agents lose all that they know."""

from dataclasses import dataclass
from typing import ClassVar

from netware.parameters import Fraction, PopulationName
from netware.rules.base import ANY_ORDER, AbstractRule, Acting, Activation, Phase, Reads
from netware.rules.perturbation.base import check_weights, hit_agents, zero_where
from netware.world import World


@dataclass(frozen=True)
class AgentLesion(AbstractRule):
    """Sets all weights and biases of some agents to zero.

    w_i <- 0 of round(fraction N) of the N agents then in each replica

    What is lost may be learnt again.

    Args:
        on: Population to damage.
        fraction: Part of the agents that is hit, 0 to 1. [1]

    Reads: weights.
    Writes: weights; before the agents think.

    Source: Albert, Jeong and Barabasi (2000), Nature 406, 378, doi:10.1038/35019019, for random
    failure of a fraction of the nodes.
    Departs from it: an agent that is hit stays where it is, with weights of 0.
    """

    on: PopulationName
    fraction: Fraction

    reads: ClassVar[Reads] = "own"
    phase: ClassVar[Phase] = "generate"
    orders: ClassVar[frozenset[Activation]] = ANY_ORDER

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses agents without weights of their own."""
        check_weights(world, acting, self.on)
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after the damage."""
        hit = hit_agents(world, acting, self.on, self.fraction)
        weights = {name: zero_where(w, hit) for name, w in world[self.on].weights.items()}
        return world.with_weights(self.on, weights)
