"""The whole at one step: frozen; rules return a new one that shares what did not change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from jaxtyping import Shaped
from torch import Tensor

from netware.draws import Draws, Purpose, Stream
from netware.edges import Edges
from netware.errors import ScenarioError
from netware.graphs.networkx import TypedGraph, typed_graph
from netware.population import Population
from netware.space.box import Space
from netware.tasks.base import TaskData


@dataclass(frozen=True)
class World:
    """All that is, at one step: tensors. What they mean is defined once, in the plan.

    Args:
        draws: The source of chance.
        populations: Populations by name.
        edges: Edges of each relation, by the relation's name; they name their two ends.
        examples: What each task holds, by the task's name.
        space: Where positions are, or None.
        step: Steps done. [1]
        dt: Time of one step. [time]
    """

    draws: Draws
    populations: Mapping[str, Population] = field(default_factory=dict)
    edges: Mapping[str, Edges] = field(default_factory=dict)
    examples: Mapping[str, TaskData] = field(default_factory=dict)
    space: Space | None = None
    step: int = 0
    dt: float = 1.0

    @property
    def replicas(self) -> int:
        """Returns the number of replicas."""
        return len(self.draws.keys)

    @property
    def time(self) -> float:
        """Returns the time passed: step times dt, never a running sum."""
        return self.step * self.dt

    def __getitem__(self, population: str) -> Population:
        """Returns a population."""
        return self.populations[population]

    def with_population(self, population: Population) -> "World":
        """Returns the world with this population in place of the one of its name."""
        return replace(self, populations={**self.populations, population.name: population})

    def with_state(self, population: str, **columns: Tensor) -> "World":
        """Returns the world with these columns of one population in place of the old."""
        return self.with_population(self[population].with_state(columns))

    def with_weights(self, population: str, weights: Mapping[str, Tensor]) -> "World":
        """Returns the world with these weights of one population in place of the old."""
        return self.with_population(self[population].with_weights(weights))

    def with_edges(self, relation: str, edges: Edges) -> "World":
        """Returns the world with these edges of one relation in place of the old.

        Edges that do not name their ends are between those of the old.
        """
        ends = self.edges[relation].between if relation in self.edges else None
        if edges.between is None and ends is not None:
            edges = replace(edges, between=ends)
        return replace(self, edges={**self.edges, relation: edges})

    def advanced(self) -> "World":
        """Returns the world one step later."""
        return replace(self, step=self.step + 1)

    def per_replica(self, values: Tensor) -> Shaped[Tensor, "replicas agents ..."]:
        """Splits the agent axis into replicas and agents."""
        return values.view(self.replicas, -1, *values.shape[1:])

    def stream(self, purpose: Purpose, use: str, population: str) -> Stream:
        """Opens this step's numbers for one use, one address for every agent of a population."""
        own = self[population]
        stream = self.draws.stream(purpose, use, own.agents, self.step)
        return stream.identified(own.identity)

    def needs_space(self, asker: str) -> Space:
        """Returns the space, or says who needs one."""
        if self.space is None:
            raise ScenarioError(
                asker,
                found="no 'space' in the scenario",
                expected="a space to move in",
                fix="write 'space: {dimensions: 2, box: 10.0, periodic: true}'",
            )
        return self.space

    def graph(self, replica: int = 0) -> TypedGraph:
        """Returns one replica as a typed graph: nodes are (population, id), keys are relations."""
        ends = {name: edges.ends for name, edges in self.edges.items()}
        sizes = {name: population.agents for name, population in self.populations.items()}
        return typed_graph(sizes, ends, self.edges, replica)
