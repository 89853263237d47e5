"""Generation: hypernetworks, agents that make the weights of others."""

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
class Generation(AbstractGeneration):
    """Makes all weights of each child at once from its embedding, by the network of its generator.

    theta_c = f(theta_g(c), z_c)

    All children of a generator are its samples, in one batch. The children have no weights of
    their own to learn: gradients reach the generators' weights and the embeddings. A child without
    a generator, because it has died or because the child was born later, keeps the weights that it
    has: a newborn child those of its parent.

    Args:
        between: Population of generators and population of children.
        topology: Which generator makes which child, one for each; without it the children are
            shared out among the generators in equal blocks.
        embedding: Column of the children that their generator is shown: `(children, z)`.
        weights: `all` weights of a child, or the names of those to generate.

    Reads: embedding; weights of the generators.
    Writes: edges; weights of the children.

    Source: Ha, Dai and Le (2017), ICLR, arXiv:1609.09106.
    Departs from it: the generator is any model, not the two-layer linear one; its answer holds all
    weights in their order.
    """

    between: tuple[PopulationName, PopulationName]
    topology: Annotated[AbstractTopology | None, Member("topologies")] = None
    embedding: Column = "embedding"
    weights: Literal["all"] | tuple[Column, ...] = "all"

    def check(self, name: str, source: Population, target: Population) -> None:
        """Refuses embeddings and answers that do not fit, with the arithmetic."""
        shapes, generator = self.shapes(target), source.wrapped()
        check_shown(self.embedding, (generator.input_size(),), source, target)
        needed = sum(prod(shape) for shape in shapes.values())
        if (answers := generator.output_size()) != needed:
            terms = [f"{weight} {'x'.join(map(str, shapes[weight]))}" for weight in shapes]
            raise ShapeError(
                f"relations.{name}",
                found=f"{source.name} answers {answers} numbers",
                expected=f"{' + '.join(terms)} = {needed}",
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
        embedding = target[self.embedding].reshape(target.total, 1, -1)
        answers = answers_of(source, source_weights, edges, embedding)[:, 0]
        parts = answers.split([prod(shape) for shape in shapes.values()], 1)
        return {
            name: part.reshape(edges.count, *shape)
            for (name, shape), part in zip(shapes.items(), parts, strict=True)
        }
