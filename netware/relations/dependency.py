"""Dependency: agents that need what others put out."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from netware.edges import Edges
from netware.errors import ShapeError
from netware.graphs.topology import AbstractTopology
from netware.needs.base import Surroundings
from netware.parameters import Column, Index, Member, PopulationName
from netware.population import Population
from netware.relations.base import AbstractGraphRelation, Flow, Meeting, joined
from netware.relations.carrying import arrived, check_flow, landed


@dataclass(frozen=True)
class Dependency(AbstractGraphRelation):
    """Feeds each target what its sources put out, in the same step or the next.

    into_t(n) = mean, sum or row of carries_s(n - delay) over the sources s of t

    With delay 0 the sources think before the targets in every step, so dependencies without delay
    form no cycle: neither between populations nor, where both ends are one population, between its
    agents, who then think wave by wave; those of them that have no source keep their own input.
    With delay 1 last step's output arrives. What several relations bring into one column adds up.

    Args:
        between: Source population and target population.
        topology: Shape of the graph.
        carries: Column of the sources.
        into: Column of each target that takes what arrives.
        combine: `mean` or `sum` over the sources, with the weights of the edges; `concatenate`
            puts them side by side in the order of the sources, as many for every target.
        offset: First of the numbers of `into` that take what arrives, the others staying as they
            are; all of them if left out. [1]
        delay: 0 for this step's output, 1 for last step's. [steps]

    Reads: the column that it carries.
    Writes: edges; `into`.

    Source: Wang and Fan (2023), doi:10.20944/preprints202311.0250.v1, section 2.3 (dependency).
    Departs from it: nothing.
    """

    between: tuple[PopulationName, PopulationName]
    topology: Annotated[AbstractTopology, Member("topologies")]
    carries: Column = "output"
    into: Column = "input"
    combine: Literal["mean", "sum", "concatenate"] = "mean"
    delay: Literal[0, 1] = 0
    offset: Index | None = None

    meeting: ClassVar[Meeting] = "add"

    def connect(self, world: Surroundings, name: str) -> Edges:
        """Makes the graph of each replica, and refuses what does not fit the targets."""
        source, target = (world.populations[end] for end in self.between)
        edges = joined(self.topology, self.between, world, name)
        times = 1
        if self.combine == "concatenate":
            self.refuse_empty(name, target)
            there = edges.in_degree[target.ids < target.initial_agents]
            fewest, times = (int(degree) for degree in there.aminmax())
            if fewest != times:
                raise ShapeError(
                    f"relations.{name}.combine",
                    found=f"'concatenate' for targets with {fewest} to {times} sources",
                    expected="as many sources for every target",
                    fix="write 'combine: mean', or a topology with equal degrees",
                )
        check_flow(name, self.carries, source, self.into, target, times, self.offset)
        return edges

    def refuse_empty(self, name: str, target: Population) -> None:
        """Refuses targets some of which are not there, and so have no row of sources."""
        if target.empty_slots:
            raise ShapeError(
                f"relations.{name}.combine",
                found=f"'concatenate' with {target.empty_slots} empty slots of '{target.name}'",
                expected="a row of sources for everyone, from the start",
                fix=f"take out 'capacity' of populations.{target.name}, or write 'combine: mean'",
            )

    def tolerates_deaths(self) -> bool:
        """Tells whether a target can do with fewer sources than the others."""
        return self.combine != "concatenate"

    @property
    def flow_phase(self) -> Flow | None:
        """Returns `think` without delay, `transmit` with it."""
        return "transmit" if self.delay else "think"

    def flow(self, edges: Edges, source: Population, target: Population) -> Population:
        """Returns the targets with what their sources have put out."""
        sent = source[self.carries]
        if self.combine != "concatenate":
            return arrived(edges, sent, self.into, self.combine, target, self.offset)
        row = sent.index_select(0, edges.source).view(target.total, -1)
        return landed(target, self.into, row, self.offset)
