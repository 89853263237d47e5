"""Unfolding: deep and narrow networks that compute what wide and shallow ones do."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from netware.edges import Edges
from netware.errors import ScenarioError, ShapeError
from netware.graphs.topology import AbstractTopology
from netware.models.layers.conversion import deep_model, deep_weights, multilayer
from netware.needs.base import Surroundings
from netware.parameters import Member, PopulationName, Positive
from netware.population import Population
from netware.relations.base import AbstractGraphRelation, Flow, one_for_each
from netware.space.box import Space


@dataclass(frozen=True)
class Unfolding(AbstractGraphRelation):
    """Gives each deep network the weights with which it computes what its wide one does.

    y_deep(x) = y_wide(x) for all |x_k| <= bound

    A wide network has one hidden layer of w units; the deep one has w hidden layers of
    inputs + outputs + 1 units: those that carry the sample, one that works, and those that add up.
    In every step, so the deep follow what the wide learn; gradients reach the wide.

    Args:
        between: Population of wide networks and population of deep ones.
        topology: Whose deep form is whose, one wide network for each; without it the deep are
            shared out among the wide in equal blocks.
        bound: Half the side of the box in which both are the same. [unit of the inputs]

    Reads: weights of the wide.
    Writes: edges; weights of the deep.

    Source: Fan, Lai and Wang (2023), J. Mach. Learn. Res. 24 (183), 1.
    Departs from it: an elementary construction that is exact on a box, not on simplices.
    """

    between: tuple[PopulationName, PopulationName]
    topology: Annotated[AbstractTopology | None, Member("topologies")] = None
    bound: Positive = 1.0

    flow_phase: ClassVar[Flow] = "generate"

    def connect(self, world: Surroundings, name: str) -> Edges:
        """Gives every deep network its wide one, and refuses layers that do not fit."""
        wide, deep = (world.populations[end] for end in self.between)
        for end in (wide, deep):
            self.refuse_others(name, end)
        model = deep_model(wide.wrapped())
        if deep.wrapped() != model:
            raise ShapeError(
                f"relations.{name}",
                found=f"agents of '{deep.name}' that are not the deep form of '{wide.name}'",
                expected=f"a multilayer of relu with {len(model.widths)} hidden layers of "
                f"{model.widths[0]}, the inputs and outputs of '{wide.name}', and biases",
                fix=f"write 'widths: {list(model.widths)}' under populations.{deep.name}.model",
            )
        return one_for_each(
            self.topology, self.between, world, name, "wide network", "deep network"
        )

    def refuse_others(self, name: str, population: Population) -> None:
        """Refuses agents whose model has no deep or wide form."""
        try:
            multilayer(population.wrapped())
        except ScenarioError as error:
            (problem,) = error.problems
            raise ScenarioError(
                f"relations.{name}.between",
                found=f"agents of '{population.name}' with {problem.found}",
                expected=problem.expected,
                fix=f"{problem.fix} under populations.{population.name}",
            ) from error

    def tolerates_deaths(self) -> bool:
        """Tells that every deep network needs its wide one."""
        return False

    def expected_edges(self, sources: int, targets: int, space: Space | None) -> float:
        """Returns one edge for each deep network."""
        return float(targets)

    def flow(self, edges: Edges, source: Population, target: Population) -> Population:
        """Returns the deep networks with the weights of now."""
        mine = {name: w.index_select(0, edges.source) for name, w in source.weights.items()}
        return target.with_weights(deep_weights(source.wrapped(), mine, self.bound))
