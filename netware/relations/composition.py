"""Composition: parts that belong to one whole, and die with it."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from netware.edges import Edges
from netware.graphs.topology import AbstractTopology
from netware.needs.base import Surroundings
from netware.parameters import Member, PopulationName
from netware.population import ALIVE, Population
from netware.relations.base import AbstractGraphRelation, Flow, one_for_each
from netware.space.box import Space


@dataclass(frozen=True)
class Composition(AbstractGraphRelation):
    """Lets every part live as long as its whole.

    alive_p(t + 1) = alive_p(t) and alive_w(p)(t + 1)

    Every part belongs to exactly one whole. When the whole dies, its parts die in the same step,
    their parts too, and their edges go; when a part dies, the whole lives on. What parts put out
    comes to the whole by an aggregation or a dependency beside this relation.

    Args:
        between: Population of wholes and population of parts.
        topology: Which part belongs to which whole; without it the parts are shared out among the
            wholes in equal blocks.

    Reads: alive of the wholes.
    Writes: edges; alive of the parts.

    Source: Wang and Fan (2023), doi:10.20944/preprints202311.0250.v1, section 2.3 (composition).
    Departs from it: nothing.
    """

    between: tuple[PopulationName, PopulationName]
    topology: Annotated[AbstractTopology | None, Member("topologies")] = None

    flow_phase: ClassVar[Flow] = "link"

    def with_columns(self, world: Surroundings, name: str) -> Population:
        """Returns the parts with the columns that say who is there."""
        return world.populations[self.between[1]].mortal()

    def connect(self, world: Surroundings, name: str) -> Edges:
        """Gives every part its whole, and refuses parts of none or of several."""
        return one_for_each(self.topology, self.between, world, name, "whole", "part")

    def expected_edges(self, sources: int, targets: int, space: Space | None) -> float:
        """Returns one edge for each part."""
        return float(targets)

    def flow(self, edges: Edges, source: Population, target: Population) -> Population:
        """Returns the parts, those of dead wholes dead."""
        if source.alive is None:
            return target
        dead = (~source.alive).to(target.dtype)
        return target.with_state({ALIVE: target[ALIVE] & (edges.total(dead) == 0)})
