"""Aggregation: a whole that pools what its parts put out, and that its parts survive."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from netware.edges import Edges
from netware.errors import ShapeError
from netware.graphs.topology import AbstractTopology
from netware.needs.base import Surroundings
from netware.parameters import Column, Index, Member, PopulationName
from netware.population import Population
from netware.relations.base import AbstractGraphRelation, Flow, joined, shared_out
from netware.relations.carrying import Pool, check_flow, pooled, shape_of
from netware.space.box import Space


@dataclass(frozen=True)
class Aggregation(AbstractGraphRelation):
    """Lets every whole pool what its parts put out in the same step.

    into_w = pool of carries_p over the parts p of w

    A part may belong to several wholes, and lives on when one of them dies. A whole without a
    living part keeps what it had.

    Args:
        between: Population of parts and population of wholes.
        topology: Who is part of what; without it the parts are shared out among the wholes in
            equal blocks.
        carries: Column of the parts.
        into: Column of each whole that takes what the parts put together.
        pool: `mean`, `sum`, `greatest` number by number, or `majority`: 1 where most parts have
            their greatest number, 0 elsewhere.
        offset: First of the numbers of `into` that take what arrives, the others staying as they
            are; all of them if left out. [1]

    Reads: the column that it carries.
    Writes: edges; `into`.

    Source: Wang and Fan (2023), doi:10.20944/preprints202311.0250.v1, section 2.3 (aggregation).
    Departs from it: nothing.
    """

    between: tuple[PopulationName, PopulationName]
    topology: Annotated[AbstractTopology | None, Member("topologies")] = None
    carries: Column = "output"
    into: Column = "input"
    pool: Pool = "mean"
    offset: Index | None = None

    flow_phase: ClassVar[Flow] = "think"

    def connect(self, world: Surroundings, name: str) -> Edges:
        """Gives every part its wholes, and refuses numbers that do not fit."""
        parts, wholes = (world.populations[end] for end in self.between)
        check_flow(name, self.carries, parts, self.into, wholes, offset=self.offset)
        self.check_votes(name, parts)
        if self.topology is None:
            return shared_out(wholes, parts, reverse=True)
        return joined(self.topology, self.between, world, name)

    def check_votes(self, name: str, parts: Population) -> None:
        """Refuses a majority of what has no greatest number: parts vote with a list each."""
        shape = shape_of(parts, self.carries)
        if self.pool == "majority" and (shape is None or len(shape) != 1):
            raise ShapeError(
                f"relations.{name}.pool",
                found=f"'majority' of {parts.name}.{self.carries} of shape {shape}",
                expected="a list of numbers of each part, which votes for its greatest",
                fix="carry a column with a 'size', or write 'pool: mean'",
            )

    def expected_edges(self, sources: int, targets: int, space: Space | None) -> float | None:
        """Returns one edge for each part, or about how many links the topology makes."""
        if self.topology is None:
            return float(sources)
        return self.topology.expected(sources, targets, self.between[0] == self.between[1], space)

    def flow(self, edges: Edges, source: Population, target: Population) -> Population:
        """Returns the wholes with what their parts put together."""
        return pooled(edges, source[self.carries], self.into, self.pool, target, self.offset)
