"""Association: agents that know each other over a graph."""

from dataclasses import dataclass
from typing import Annotated

from netware.parameters import Member, PopulationName
from netware.relations.base import AbstractRelation, Setting, joined
from netware.relations.edges import Edges
from netware.relations.topology import AbstractTopology


@dataclass(frozen=True)
class Association(AbstractRelation):
    """Joins agents that know each other; rules decide what they make of it.

    A[t, s] = weight of s -> t (1 unless the graph has weights), fixed while nothing rewires it.

    Args:
        between: Source population and target population.
        topology: Shape of the graph.

    Reads: position where the topology is geometric.
    Writes: edges.

    Source: Wang and Fan (2023), doi:10.20944/preprints202311.0250.v1, section 2.3 (relations of
    software engineering carried over to networks).
    Departs from it: nothing.
    """

    between: tuple[PopulationName, PopulationName]
    topology: Annotated[AbstractTopology, Member("topologies")]

    def ends(self) -> tuple[str, str]:
        """Names the populations joined."""
        return self.between

    def connect(self, setting: Setting) -> Edges:
        """Makes the graph of each replica, side by side."""
        return joined(self.topology, self.between, setting)
