"""Mentoring: a relation of one's own."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from netware.edges import Edges
from netware.graphs.topology import AbstractTopology
from netware.needs.base import Surroundings
from netware.parameters import Column, Member, PopulationName
from netware.population import Population
from netware.relations.base import AbstractGraphRelation, Flow, Meeting, joined


@dataclass(frozen=True)
class Mentoring(AbstractGraphRelation):
    """Lets each pupil hear the signed square root of what its mentors say.

    into_t = mean_{s -> t} sign(carries_s) sqrt|carries_s|, 0 for a pupil without a mentor

    Args:
        between: Population of the mentors and population of the pupils.
        topology: Shape of the graph.
        carries: Column of the mentors.
        into: Column of the pupils, made by the relation.

    Reads: `carries`.
    Writes: edges; `into`, before the pupils think.

    Source: an example of this page.
    Departs from it: nothing.
    """

    between: tuple[PopulationName, PopulationName]
    topology: Annotated[AbstractTopology, Member("topologies")]
    carries: Column = "x"
    into: Column = "advice"

    meeting: ClassVar[Meeting] = "add"

    def connect(self, world: Surroundings, name: str) -> Edges:
        """Makes the graph of each replica, side by side."""
        return joined(self.topology, self.between, world, name)

    @property
    def flow_phase(self) -> Flow:
        """Returns `transmit`: what the mentors said in the last step arrives."""
        return "transmit"

    def flow(self, edges: Edges, source: Population, target: Population) -> Population:
        """Returns the pupils with the advice they have heard."""
        said = source[self.carries]
        return target.with_state({self.into: edges.mean(said.sign() * said.abs().sqrt())})
