"""What relations of generation share: agents that make the weights of others."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from netware.edges import Edges
from netware.errors import ScenarioError, ShapeError
from netware.graphs.topology import AbstractTopology
from netware.needs.base import Surroundings
from netware.population import Population
from netware.relations.base import AbstractGraphRelation, Flow, one_for_each
from netware.space.box import Space


BLOCK = 48


class AbstractGeneration(AbstractGraphRelation):
    """Makes the weights of each child by the network of its generator.

    Args:
        between: Population of generators and population of children.
        topology: Which generator makes which child, one for each; without it the children are
            shared out among the generators in equal blocks.
        weights: `all` weights of a child, or the names of those to generate.
    """

    between: tuple[str, str]
    topology: AbstractTopology | None
    weights: Literal["all"] | tuple[str, ...]

    flow_phase: ClassVar[Flow] = "generate"

    def expected_edges(self, sources: int, targets: int, space: Space | None) -> float:
        """Returns one edge for each child."""
        return float(targets)

    def connect(self, world: Surroundings, name: str) -> Edges:
        """Gives each child its generator, and refuses networks that do not fit."""
        source, target = (world.populations[end] for end in self.between)
        self.check_names(name, target)
        self.check(name, source, target)
        return one_for_each(self.topology, self.between, world, name, "generator", "child")

    def shapes(self, target: Population) -> dict[str, tuple[int, ...]]:
        """Returns the shapes of the weights that are generated, in the order of use."""
        shapes = target.wrapped().weight_shapes()
        return shapes if self.weights == "all" else {name: shapes[name] for name in self.weights}

    def check_names(self, name: str, target: Population) -> None:
        """Refuses names of weights that the children have not."""
        known = target.wrapped().weight_shapes()
        for weight in () if self.weights == "all" else self.weights:
            if weight not in known:
                raise ScenarioError(
                    f"relations.{name}.weights",
                    found=f"'{weight}', which {target.name} has not",
                    expected=f"'all', or some of {', '.join(known)}",
                    fix="write 'weights: all'",
                )

    @abstractmethod
    def check(self, name: str, source: Population, target: Population) -> None:
        """Refuses embeddings and answers that do not fit, with the arithmetic."""

    @abstractmethod
    def generate(
        self,
        edges: Edges,
        source_weights: Mapping[str, Tensor],
        source: Population,
        target: Population,
    ) -> dict[str, Tensor]:
        """Returns the weights by name of the children that have a generator, `[edges, ...]`.

        A pure function, differentiable in the generators' weights and the children's embeddings.
        Equal embeddings under one generator give equal weights, bit by bit.
        """

    def flow(self, edges: Edges, source: Population, target: Population) -> Population:
        """Returns the children with the weights that their generators make now."""
        made = {name: target.weights[name][:0] for name in self.shapes(target)}
        if edges.count:
            made = self.generate(edges, source.weights, source, target)
        if edges.count < target.total:
            child = edges.target.long()
            made = {name: target.weights[name].index_copy(0, child, w) for name, w in made.items()}
        return target.with_weights(made)


def check_shown(
    column: str, wanted: tuple[int, ...], source: Population, target: Population, each: str = ""
) -> None:
    """Refuses embeddings that are not what the generator takes; `each` says once for what."""
    if (shown := tuple(target[column].shape[1:])) != wanted:
        raise ShapeError(
            f"populations.{target.name}.state.{column}",
            found=f"shape {shown} for each child",
            expected=f"{wanted}: {source.name} takes {source.wrapped().input_size()} numbers{each}",
            fix="make the embedding as wide as the generator's inputs"
            if not each
            else f"write 'size: {wanted[0]}' under populations.{target.name}.state.{column}",
        )


def answers_of(
    source: Population,
    source_weights: Mapping[str, Tensor],
    edges: Edges,
    embedding: Float[Tensor, "children asked z"],
) -> Float[Tensor, "edges asked answers"]:
    """Returns what the generator of each child answers to what the child shows.

    All children of a generator are its samples, in one batch.
    """
    children, asked, _ = embedding.shape
    embedding = embedding if edges.count == children else embedding[edges.target.long()]
    generator, (place, most) = edges.source.long(), edges.places
    samples = rounded(most * asked)
    slot = place[:, None] * asked + torch.arange(asked, device=place.device)
    shown = embedding.new_zeros(source.total, samples, embedding.shape[-1])
    shown = shown.index_put((generator[:, None], slot), embedding)
    return source.forward(shown, source_weights)[generator[:, None], slot]


def rounded(samples: int) -> int:
    """Returns a number of samples at which equal samples give equal bits.

    Matrix products treat whole blocks of samples (12 or 24 in float64, 16 or 48 in float32) and
    what is left over by different kernels; a single sample stays alone.
    """
    return samples if samples == 1 else -(-samples // BLOCK) * BLOCK
