"""Inheritance: heirs whose weights are their parent's, and a difference of their own."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import torch
from torch import Tensor

from netware.draws import Purpose
from netware.edges import Edges
from netware.errors import ScenarioError, ShapeError
from netware.graphs.topology import AbstractTopology
from netware.models.base import FIXED
from netware.needs.base import Surroundings
from netware.parameters import Column, Index, Member, NonNegative, PopulationName
from netware.population import Population
from netware.relations.base import AbstractGraphRelation, Flow, one_for_each
from netware.space.box import Space


LEFT, RIGHT = "own.left.", "own.right."


@dataclass(frozen=True)
class Inheritance(AbstractGraphRelation):
    """Makes the weights of each heir from its parent's and a low-rank difference of its own.

    W_h = W_p(h) + L_h R_h,   L_h of `rank` columns, R_h of `rank` rows;   b_h = b_p(h)

    In every step, so what changes a parent changes all its heirs. Gradients reach the parents'
    weights, on the sum of their heirs' losses, and the differences: `trains: [own]` learns these
    alone. Without a difference, heirs of one single parent use its own memory; heirs of several
    take copies in each step. An heir whose parent has died keeps the weights that it has.

    Args:
        between: Population of parents and population of heirs, of the same model.
        topology: Who is whose heir, one parent for each; without it the heirs are shared out among
            the parents in equal blocks.
        rank: Rank of the differences, 0 for none. [1]
        spread: Standard deviation of the entries of the differences at the start. [1]
        weights: `all`, or the names of the weights that are inherited.

    Reads: weights of the parents; `own.left.<weight>`, `own.right.<weight>` of the heirs.
    Writes: edges; weights of the heirs.

    Source: Wang and Fan (2023), doi:10.20944/preprints202311.0250.v1, section 2.3 (inheritance);
    low rank: Hu et al. (2022), ICLR, arXiv:2106.09685.
    Departs from it: nothing.
    """

    between: tuple[PopulationName, PopulationName]
    topology: Annotated[AbstractTopology | None, Member("topologies")] = None
    rank: Index = 0
    spread: NonNegative = 0.0
    weights: Literal["all"] | tuple[Column, ...] = "all"

    flow_phase: ClassVar[Flow] = "generate"

    def __post_init__(self):
        """Refuses heirs of their own population, and a spread of no difference."""
        if self.between[0] == self.between[1]:
            raise ScenarioError(
                "inheritance.between",
                found=f"'{self.between[0]}' twice",
                expected="a population of parents and another of heirs",
                fix="put the heirs into a population of their own",
            )
        if self.spread and not self.rank:
            raise ScenarioError(
                "inheritance.spread",
                found=f"spread = {self.spread:g} with rank = 0",
                expected="a rank of 1 or more for heirs that differ",
                fix="write 'rank: 1'",
            )

    def expected_edges(self, sources: int, targets: int, space: Space | None) -> float:
        """Returns one edge for each heir."""
        return float(targets)

    def inherited(self, heirs: Population) -> dict[str, tuple[int, ...]]:
        """Returns the shapes of the weights that are inherited, by name."""
        shapes = heirs.wrapped().weight_shapes()
        return {
            name: shape
            for name, shape in shapes.items()
            if self.weights == "all" or name in self.weights
        }

    def with_columns(self, world: Surroundings, name: str) -> Population:
        """Returns the heirs with their differences: of the given spread, and 0 without one."""
        heirs = world.populations[self.between[1]]
        columns: dict[str, Tensor] = {}
        for weight, shape in self.inherited(heirs).items():
            if self.rank == 0 or len(shape) != 2:
                continue
            for side, size, sd in (
                (LEFT, (shape[0], self.rank), 1.0),
                (RIGHT, (self.rank, shape[1]), self.spread / self.rank**0.5),
            ):
                use = f"{name}/{side}{weight}"
                stream = world.draws.stream(Purpose.WEIGHTS, use, heirs.agents)
                columns[side + weight] = stream.normal(0.0, sd, size, heirs.dtype)
        return heirs.with_state(columns)

    def connect(self, world: Surroundings, name: str) -> Edges:
        """Gives every heir its parent, and refuses models that are not alike."""
        parents, heirs = (world.populations[end] for end in self.between)
        self.check(name, parents, heirs)
        return one_for_each(self.topology, self.between, world, name, "parent", "heir")

    def check(self, name: str, parents: Population, heirs: Population) -> None:
        """Refuses weights that the heirs have not, or their parents otherwise, or not alone."""
        own, theirs = heirs.wrapped().weight_shapes(), parents.wrapped().weight_shapes()
        if kept := [one for one in heirs.wrapped().state_shapes() if one.startswith(FIXED)]:
            raise ScenarioError(
                f"relations.{name}",
                found=f"agents of '{heirs.name}' with '{kept[0]}' of their own, drawn with "
                "the weights that they would lose",
                expected="a model whose weights are all that its agents have of their own",
                fix="make it a parameter, or draw it the same for all",
            )
        for weight in () if self.weights == "all" else self.weights:
            if weight not in own:
                raise ScenarioError(
                    f"relations.{name}.weights",
                    found=f"'{weight}', which {heirs.name} has not",
                    expected=f"'all', or some of {', '.join(own)}",
                    fix="write 'weights: all'",
                )
        for weight, shape in self.inherited(heirs).items():
            if theirs.get(weight) != shape:
                raise ShapeError(
                    f"relations.{name}",
                    found=f"{parents.name}.{weight} of shape {theirs.get(weight, 'none')}",
                    expected=f"{shape}, as {heirs.name}.{weight}",
                    fix="give parents and heirs the same model, or name the weights they share",
                )

    def flow(self, edges: Edges, source: Population, target: Population) -> Population:
        """Returns the heirs with what they inherit now."""
        orphans = edges.count < target.total
        heir, parent = edges.target.long(), edges.source.long()
        weights = {}
        for name in self.inherited(target):
            theirs = source.weights[name]
            if source.total == 1 and not orphans:
                taken = theirs.expand(target.total, *theirs.shape[1:])
            else:
                taken = theirs.index_select(0, parent)
            if LEFT + name in target.state:
                left = target[LEFT + name].index_select(0, heir)
                right = target[RIGHT + name].index_select(0, heir)
                taken = torch.baddbmm(taken, left, right)
            weights[name] = target.weights[name].index_copy(0, heir, taken) if orphans else taken
        return target.with_weights(weights)
