"""Homophily: links to the unlike that move to the like."""

from dataclasses import dataclass

from jaxtyping import Bool, Int
from torch import Tensor

from netware.parameters import Column, NonNegative
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.rewiring.base import AbstractRewiring, Links, anyone
from netware.world import World


@dataclass(frozen=True)
class Homophily(AbstractRewiring):
    """Lets agents drop those who are unlike them and join others who are like them.

    {i, j} -> {i, k}   if |x_i - x_j| > tolerance >= |x_i - x_k|

    k is any living agent of the replica, one look for each link and step. Together with a rule by
    which neighbours grow alike, a network falls into groups that agree, or becomes one.

    Args:
        on: Population whose links move.
        over: Relation that they make up, without directions.
        rate: Probability that a link tries to move in a step. [1]
        state: Column by which agents are alike; the length of the difference of vectors.
        tolerance: Difference up to which they are.

    Reads: state; edges of `over`.
    Writes: edges of `over`.

    Source: Holme and Newman (2006), Phys. Rev. E 74, 056108, doi:10.1103/PhysRevE.74.056108.
    Departs from it: opinions are numbers; all links may move in a step; an agent looks at one
    other, and keeps its own if that one is unlike it too.
    """

    state: Column = "opinion"
    tolerance: NonNegative = 0.2

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses a column that is not there."""
        world[self.on][self.state]
        return AbstractRewiring.prepare(self, world, acting)

    def partner(
        self, world: World, links: Links
    ) -> tuple[Int[Tensor, " links"], Bool[Tensor, " links"]]:
        """Returns any agent, which is wanted for being more like the keeper than the tolerance."""
        population = world[self.on]
        found = anyone(population, links)
        unlike = self.distance(population, links.keeper, links.loser) > self.tolerance
        return found, unlike & (self.distance(population, links.keeper, found) <= self.tolerance)

    def distance(self, population: Population, one: Tensor, other: Tensor) -> Tensor:
        """Returns |x_i - x_j| of each pair."""
        x = population[self.state].reshape(population.total, -1)
        return (x[one] - x[other]).norm(dim=1)
