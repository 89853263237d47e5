"""Death: agents that leave for good."""

from dataclasses import dataclass
from typing import ClassVar

from netware.parameters import Column, PopulationName, Probability, Real
from netware.population import ALIVE
from netware.rules.base import ANY_ORDER, AbstractRule, Acting, Activation, Phase, Reads
from netware.rules.lifecycle.base import must_be_numbers
from netware.world import World


@dataclass(frozen=True)
class Death(AbstractRule):
    """Lets agents die by chance, or for want of something.

    P(i dies in a step) = rate,   or 1 where `of`_i < below

    An agent that dies leaves its slot at once: its edges go, the parts that it is composed of die
    with it, and neither probes nor neighbours see it any more. Its id is never given to another.

    Args:
        on: Population whose agents die.
        rate: Probability to die by chance in a step. [1]
        of: Column of one number per agent without enough of which agents die, or none.
        below: What is not enough.

    Reads: alive; `of`.
    Writes: alive; edges.

    Source: Gompertz (1825), Phil. Trans. R. Soc. 115, 513, doi:10.1098/rstl.1825.0026 (hazard).
    Departs from it: the hazard does not grow with age.
    """

    on: PopulationName
    rate: Probability = 0.0
    of: Column | None = None
    below: Real = 0.0

    reads: ClassVar[Reads] = "own"
    phase: ClassVar[Phase] = "link"
    orders: ClassVar[frozenset[Activation]] = ANY_ORDER

    def prepare(self, world: World, acting: Acting) -> World:
        """Makes the columns that say who is there; refuses a column of vectors."""
        must_be_numbers(world, self.on, self.of, f"rules.{acting.rule}.of")
        return world.with_population(world[self.on].mortal())

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world without those who die now."""
        population = world[self.on]
        dies = acting.stream(world, self.on).bernoulli(self.rate)
        if self.of is not None:
            dies |= population[self.of] < self.below
        return world.with_state(self.on, **{ALIVE: population[ALIVE] & ~dies})
