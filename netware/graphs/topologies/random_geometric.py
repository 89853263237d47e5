"""Random geometric: agents joined to those near by."""

from dataclasses import dataclass
from math import pi

from netware.graphs.topology import AbstractTopology, Ends, Links, impossible, within_one
from netware.parameters import Positive
from netware.space.box import Space
from netware.space.neighbors import expected_pairs, pairs_near


UNIT_SQUARE = Space(dimensions=2, box=1.0, periodic=False)
BALL = {2: pi, 3: 4 * pi / 3}


@dataclass(frozen=True)
class RandomGeometric(AbstractTopology):
    """Joins agents up to a distance, once, where they stand at the beginning.

    Agents with a column `position` stand there; others are put anywhere in the space, or, where
    the scenario has none, in the open unit square.

    Args:
        radius: Distance up to which two are joined; or give `mean_degree`. [length]
        mean_degree: Mean number of neighbours far from any edge, from which the radius follows:
            pi radius^2 agents / box^2 in the plane; or give `radius`. [1]

    Source: Gilbert (1961), J. SIAM 9, 533, doi:10.1137/0109045.
    Departs from it: a fixed number of agents, not a Poisson number.
    """

    radius: Positive | None = None
    mean_degree: Positive | None = None

    def expected(self, sources: int, targets: int, same: bool, space: Space | None) -> float:
        """Returns the agents in a ball, for each agent."""
        space = space or UNIT_SQUARE
        if self.mean_degree is not None:
            return self.mean_degree * sources
        return expected_pairs(sources, self.radius or 0.0, space)

    def links(self, ends: Ends) -> Links:
        """Finds all pairs that are near."""
        agents, space = within_one(ends, "random_geometric"), ends.space or UNIT_SQUARE
        if (self.radius is None) == (self.mean_degree is None):
            both = "neither" if self.radius is None else "both"
            raise impossible(ends, "radius", f"{both} of radius and mean_degree", "exactly one")
        radius = self.radius or self.reach(agents, space)
        if ends.space is not None and ends.position is not None:
            position = ends.position
        else:
            position = ends.stream("position", agents).uniform(0.0, space.box, (space.dimensions,))
        source, target = pairs_near(position, radius, space)
        return Links(source, target)

    def reach(self, agents: int, space: Space) -> float:
        """Returns the radius of the ball that holds `mean_degree` others on average."""
        volume = (self.mean_degree or 0.0) * space.box**space.dimensions / max(1, agents - 1)
        return (volume / BALL[space.dimensions]) ** (1 / space.dimensions)
