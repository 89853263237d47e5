"""Proximity: agents that are near each other."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from netware.edges import Edges
from netware.errors import ScenarioError, ShapeError
from netware.needs.base import Surroundings
from netware.parameters import Column, Index, PopulationName, Positive
from netware.population import Population
from netware.relations.base import AbstractRelation, Flow, Meeting
from netware.relations.carrying import Combine, check_flow, landed, shape_of
from netware.space.box import Space
from netware.space.headings import into_frame
from netware.space.neighbors import expected_pairs, pairs_within


@dataclass(frozen=True)
class Proximity(AbstractRelation):
    """Joins agents while they are near each other.

    i <- j and j <- i while |x_i - x_j| <= radius, the shortest way round a periodic box

    Found again in the `link` phase of each step, by cells; no agent is its own neighbour, and
    agents of different replicas never meet.

    Args:
        of: Population whose agents move.
        radius: Distance up to which two are joined. [length]
        carries: Column of the neighbours that arrives in `into` at each step, or none.
        into: Column of each agent that takes what arrives.
        combine: `mean` or `sum` over the neighbours; 0 for an agent that has none.
        frame: `world` leaves a vector of the plane that arrives as it is; `own` turns it into what
            the agent sees: first what lies ahead of its heading, then what lies to the left.
        offset: First of the numbers of `into` that take what arrives, the others staying as they
            are; all of them if left out. [1]

    Reads: position; the column that it carries; heading in the frame `own`.
    Writes: edges; `into`.

    Source: Vicsek et al. (1995), Phys. Rev. Lett. 75, 1226, doi:10.1103/PhysRevLett.75.1226.
    Departs from it: an agent is not its own neighbour (rules that count it say so).
    """

    of: PopulationName
    radius: Positive
    carries: Column | None = None
    into: Column = "input"
    combine: Combine = "mean"
    frame: Literal["world", "own"] = "world"
    offset: Index | None = None

    dynamic: ClassVar[bool] = True
    meeting: ClassVar[Meeting] = "add"

    @property
    def between(self) -> tuple[str, str]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Names the population twice."""
        return self.of, self.of

    def connect(self, world: Surroundings, name: str) -> Edges:
        """Finds all pairs that are near now."""
        population = world.populations[self.of]
        if world.space is None:
            raise ScenarioError(
                f"relations.{name}",
                found="no 'space' in the scenario",
                expected="a space in which agents are near each other",
                fix="write 'space: {dimensions: 2, box: 10.0, periodic: true}'",
            )
        if self.carries:
            check_flow(name, self.carries, population, self.into, population, offset=self.offset)
            self.check_frame(name, population)
        position = population["position"]
        return pairs_within(position, self.radius, world.space, population.replicas)

    def check_frame(self, name: str, population: Population) -> None:
        """Refuses to turn what is no vector of the plane, or to see without looking anywhere."""
        for column in (self.carries or "", "heading") if self.frame == "own" else ():
            if (shape := shape_of(population, column)) != (2,):
                raise ShapeError(
                    f"relations.{name}.frame",
                    found=f"'own' with {population.name}.{column} "
                    + ("not there" if shape is None else f"of shape {shape}"),
                    expected="a vector of the plane and a heading in it, 2 numbers an agent each",
                    fix="write 'frame: world', or carry a vector such as 'velocity'",
                )

    def expected_edges(self, sources: int, targets: int, space: Space | None) -> float | None:
        """Returns the pairs that are near while agents stand anywhere."""
        return expected_pairs(sources, self.radius, space) if space else None

    @property
    def flow_phase(self) -> Flow | None:
        """Returns `transmit` where something is carried."""
        return "transmit" if self.carries else None

    def flow(self, edges: Edges, source: Population, target: Population) -> Population:
        """Returns the population with what its neighbours have sent."""
        if self.carries is None:
            return target
        sent = source[self.carries]
        taken = edges.mean(sent) if self.combine == "mean" else edges.total(sent)
        if self.frame == "own":
            taken = into_frame(taken, target["heading"])
        return landed(target, self.into, taken, self.offset)
