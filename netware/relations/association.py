"""Association: agents that know each other over a graph."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from netware.edges import Edges
from netware.graphs.topology import AbstractTopology
from netware.needs.base import Surroundings
from netware.parameters import Column, Index, Member, PopulationName
from netware.population import Population
from netware.relations.base import AbstractGraphRelation, Flow, Meeting, joined
from netware.relations.carrying import Combine, arrived, check_flow


@dataclass(frozen=True)
class Association(AbstractGraphRelation):
    """Joins agents that know each other; rules decide what they make of it.

    A[t, s] = weight of s -> t (1 unless the graph has weights), fixed while nothing rewires it.
    With `carries`, into_t = sum_s A[t, s] carries_s, or that divided by sum_s A[t, s], before the
    agents think: what was put out in the last step.

    Args:
        between: Source population and target population: an edge a -> b lets b hear a.
        topology: Shape of the graph.
        carries: Column of the sources that arrives in `into` at each step, or none.
        into: Column of each target that takes what arrives.
        combine: `mean` or `sum` over the sources; 0 for a target that has none.
        offset: First of the numbers of `into` that take what arrives, the others staying as they
            are; all of them if left out. [1]

    Reads: position where the topology is geometric; the column that it carries.
    Writes: edges; `into`.

    Source: Wang and Fan (2023), doi:10.20944/preprints202311.0250.v1, section 2.3 (relations of
    software engineering carried over to networks).
    Departs from it: nothing.
    """

    between: tuple[PopulationName, PopulationName]
    topology: Annotated[AbstractTopology, Member("topologies")]
    carries: Column | None = None
    into: Column = "input"
    combine: Combine = "mean"
    offset: Index | None = None

    meeting: ClassVar[Meeting] = "add"

    def connect(self, world: Surroundings, name: str) -> Edges:
        """Makes the graph of each replica, side by side."""
        if self.carries:
            source, target = (world.populations[end] for end in self.between)
            check_flow(name, self.carries, source, self.into, target, offset=self.offset)
        return joined(self.topology, self.between, world, name)

    @property
    def flow_phase(self) -> Flow | None:
        """Returns `transmit` where something is carried."""
        return "transmit" if self.carries else None

    def flow(self, edges: Edges, source: Population, target: Population) -> Population:
        """Returns the targets with what their sources have sent."""
        if self.carries is None:
            return target
        sent = source[self.carries]
        return arrived(edges, sent, self.into, self.combine, target, self.offset)
