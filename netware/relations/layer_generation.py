"""Layer generation: hypernetworks that are asked once for each weight of their children."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Annotated, Literal

from torch import Tensor

from netware.edges import Edges
from netware.errors import ShapeError
from netware.graphs.topology import AbstractTopology
from netware.parameters import Column, Member, PopulationName
from netware.population import Population
from netware.relations.generating import AbstractGeneration, answers_of, check_shown


@dataclass(frozen=True)
class LayerGeneration(AbstractGeneration):
    """Makes the weights of each child one after another, each from an embedding of its own.

    theta_c^l = f(theta_g(c), z_c^l)

    Of an answer, the first numbers that the weight needs are taken. Whom gradients reach, and what
    a child without a generator has, is as where all weights are made at once.

    Args:
        between: Population of generators and population of children.
        topology: Which generator makes which child, one for each; without it the children are
            shared out among the generators in equal blocks.
        embedding: Column of the children that their generator is shown: `(children, weights z)`,
            the z numbers of the first weight first.
        weights: `all` weights of a child, or the names of those to generate.

    Reads: embedding; weights of the generators.
    Writes: edges; weights of the children.

    Source: Ha, Dai and Le (2017), ICLR, arXiv:1609.09106.
    Departs from it: the generator is any model, not the two-layer linear one.
    """

    between: tuple[PopulationName, PopulationName]
    topology: Annotated[AbstractTopology | None, Member("topologies")] = None
    embedding: Column = "embedding"
    weights: Literal["all"] | tuple[Column, ...] = "all"

    def check(self, name: str, source: Population, target: Population) -> None:
        """Refuses embeddings and answers that do not fit, with the arithmetic."""
        shapes, generator = self.shapes(target), source.wrapped()
        wanted = (len(shapes) * generator.input_size(),)
        each = f" for each of {', '.join(shapes)}"
        check_shown(self.embedding, wanted, source, target, each)
        needed = max(prod(shape) for shape in shapes.values())
        if (answers := generator.output_size()) < needed:
            terms = [f"{weight} {'x'.join(map(str, shapes[weight]))}" for weight in shapes]
            raise ShapeError(
                f"relations.{name}",
                found=f"{source.name} answers {answers} numbers",
                expected=f"the largest of {', '.join(terms)} = {needed} or more",
                fix=f"write 'outputs: {needed}' under populations.{source.name}.model",
            )

    def generate(
        self,
        edges: Edges,
        source_weights: Mapping[str, Tensor],
        source: Population,
        target: Population,
    ) -> dict[str, Tensor]:
        """Returns the weights by name of the children that have a generator, `[edges, ...]`."""
        shapes = self.shapes(target)
        embedding = target[self.embedding].reshape(target.total, len(shapes), -1)
        answers = answers_of(source, source_weights, edges, embedding)
        return {
            name: answers[:, row, : prod(shape)].reshape(edges.count, *shape)
            for row, (name, shape) in enumerate(shapes.items())
        }
