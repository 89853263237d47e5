"""Lesion: damage to weights, each of which is lost by chance."""

from dataclasses import dataclass
from typing import ClassVar

from netware.parameters import Fraction, PopulationName
from netware.rules.base import ANY_ORDER, AbstractRule, Acting, Activation, Phase, Reads
from netware.rules.perturbation.base import check_weights
from netware.world import World


@dataclass(frozen=True)
class Lesion(AbstractRule):
    """Sets a random part of the weights of each agent to zero.

    w <- w m,   m = 0 with probability fraction, else 1

    Each weight of each agent is hit apart from all others; biases are not hit. What is hit may be
    learnt again. A memory keeps its patterns in place of the matrix that they make: there, units of
    stored patterns are hit.

    Args:
        on: Population to damage.
        fraction: Part that is hit, 0 to 1. [1]

    Reads: weights.
    Writes: weights; before the agents think.

    Source: Derrida, Gardner and Zippelius (1987), Europhys. Lett. 4, 167,
    doi:10.1209/0295-5075/4/2/007, for random dilution.
    Departs from it: nothing.
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
        weights = {}
        for name, w in world[self.on].weights.items():
            if w.dim() > 2:
                stream = acting.stream(world, self.on, name)
                weights[name] = w.masked_fill(
                    stream.bernoulli(self.fraction, tuple(w.shape[1:])), 0
                )
        return world.with_weights(self.on, weights)
