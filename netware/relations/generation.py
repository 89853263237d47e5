"""Generation: hypernetworks, agents that make the weights of others."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Annotated, Literal

import torch
from torch import Tensor

from netware.errors import ScenarioError, ShapeError
from netware.parameters import Column, Member, PopulationName
from netware.population import Population
from netware.relations.base import AbstractRelation, Flow, Setting, joined
from netware.relations.edges import Edges
from netware.relations.topology import AbstractTopology
from netware.space import Space


BLOCK = 48


@dataclass(frozen=True)
class Generation(AbstractRelation):
    """Makes the weights of each child from its embedding, by the network of its generator.

    theta_c = f(theta_g(c), z_c), or layer by layer theta_c^l = f(theta_g(c), z_c^l)

    All children of a generator are its samples, in one batch. The children have no weights of
    their own to learn: gradients reach the generators' weights and the embeddings.

    Args:
        between: Population of generators and population of children.
        topology: Who generates whom, one generator for each child; without it the children are
            shared out among the generators in equal blocks.
        embedding: Column of the children that their generator is shown: `(children, z)`, or
            `(children, weights, z)` with `per: layer`.
        weights: `all` weights of a child, or the names of those to generate.
        per: `whole`: one answer holds all weights in their order; `layer`: the generator is asked
            once for each weight, and the first of its answer that the weight needs are taken.

    Reads: embedding; weights of the generators.
    Writes: edges; weights of the children.

    Source: Ha, Dai and Le (2017), ICLR, arXiv:1609.09106.
    Departs from it: the generator is any model, not the two-layer linear one.
    """

    between: tuple[PopulationName, PopulationName]
    topology: Annotated[AbstractTopology | None, Member("topologies")] = None
    embedding: Column = "embedding"
    weights: Literal["all"] | tuple[Column, ...] = "all"
    per: Literal["whole", "layer"] = "whole"

    def ends(self) -> tuple[str, str]:
        """Names the generators and the children."""
        return self.between

    def expected_edges(self, sources: int, targets: int, space: Space | None) -> float:
        """Returns one edge for each child."""
        return float(targets)

    def flows(self) -> Flow:
        """Returns `generate`."""
        return "generate"

    def connect(self, setting: Setting) -> Edges:
        """Gives each child its generator, and refuses networks that do not fit."""
        source, target = (setting.populations[name] for name in self.between)
        self.check(setting.name, source, target)
        if self.topology is not None:
            edges = joined(self.topology, self.between, setting)
        else:
            generator = target.ids * source.agents // target.agents
            child = torch.arange(target.total, device=target.device)
            edges = Edges.from_pairs(
                generator + target.replica * source.agents, child, source.total, target.total
            )
        if not bool((edges.in_degree == 1).all()):
            fewest, most = (int(degree) for degree in edges.in_degree.aminmax())
            raise ScenarioError(
                f"relations.{setting.name}.topology",
                found=f"children with {fewest} to {most} generators",
                expected="exactly one generator for each child",
                fix="leave 'topology' out, or write 'topology: {type: one_to_one}'",
                code="S-GRAPH",
            )
        return edges

    def shapes(self, target: Population) -> dict[str, tuple[int, ...]]:
        """Returns the shapes of the weights that are generated, in the order of use."""
        shapes = target.wrapped().weight_shapes()
        return shapes if self.weights == "all" else {name: shapes[name] for name in self.weights}

    def check(self, name: str, source: Population, target: Population) -> None:
        """Refuses names, embeddings and answers that do not fit, with the arithmetic."""
        known = target.wrapped().weight_shapes()
        for weight in () if self.weights == "all" else self.weights:
            if weight not in known:
                raise ScenarioError(
                    f"relations.{name}.weights",
                    found=f"'{weight}', which {target.name} has not",
                    expected=f"'all', or some of {', '.join(known)}",
                    fix="write 'weights: all'",
                )
        shapes, generator = self.shapes(target), source.wrapped()
        counts = {weight: prod(shape) for weight, shape in shapes.items()}
        shown = tuple(target[self.embedding].shape[1:])
        wanted = (generator.input_size(),)
        if self.per == "layer":
            wanted = (len(shapes), *wanted)
        if shown != wanted:
            raise ShapeError(
                f"populations.{target.name}.state.{self.embedding}",
                found=f"shape {shown} for each child",
                expected=f"{wanted}: {source.name} takes {generator.input_size()} numbers"
                + (f" for each of {', '.join(shapes)}" if self.per == "layer" else ""),
                fix="make the embedding as wide as the generator's inputs",
            )
        answers, whole = generator.output_size(), self.per == "whole"
        needed = sum(counts.values()) if whole else max(counts.values())
        if answers < needed or (whole and answers > needed):
            sizes = [f"{weight} {'x'.join(map(str, shapes[weight]))}" for weight in shapes]
            terms = " + ".join(sizes) if whole else f"the largest of {', '.join(sizes)}"
            raise ShapeError(
                f"relations.{name}",
                found=f"{source.name} answers {answers} numbers",
                expected=f"{terms} = {needed}" + ("" if whole else " or more"),
                fix=f"write 'outputs: {needed}' under populations.{source.name}.model",
            )

    def generate(
        self,
        edges: Edges,
        source_weights: Mapping[str, Tensor],
        source: Population,
        target: Population,
    ) -> dict[str, Tensor]:
        """Returns the weights of the children by name, `[children, ...]`.

        A pure function, differentiable in the generators' weights and the children's embeddings.
        Equal embeddings under one generator give equal weights, bit by bit.
        """
        shapes = self.shapes(target)
        asked = len(shapes) if self.per == "layer" else 1
        embedding = target[self.embedding].reshape(target.total, asked, -1)
        generator, (place, most) = edges.source.long(), edges.places
        samples = rounded(most * asked)
        slot = place[:, None] * asked + torch.arange(asked, device=place.device)
        shown = embedding.new_zeros(source.total, samples, embedding.shape[-1])
        shown = shown.index_put((generator[:, None], slot), embedding)
        answers = source.forward(shown, source_weights)[generator[:, None], slot]
        counts = [prod(shape) for shape in shapes.values()]
        if self.per == "whole":
            parts = answers[:, 0].split(counts, 1)
        else:
            parts = [answers[:, row, :count] for row, count in enumerate(counts)]
        return {
            name: part.reshape(target.total, *shape)
            for (name, shape), part in zip(shapes.items(), parts, strict=True)
        }

    def flow(self, edges: Edges, source: Population, target: Population) -> Population:
        """Returns the children with the weights that their generators make now."""
        return target.with_weights(self.generate(edges, source.weights, source, target))


def rounded(samples: int) -> int:
    """Returns a number of samples at which equal samples give equal bits.

    Matrix products treat whole blocks of samples (12 or 24 in float64, 16 or 48 in float32) and
    what is left over by different kernels; a single sample stays alone.
    """
    return samples if samples == 1 else -(-samples // BLOCK) * BLOCK
