"""Generation: hypernetworks, agents that make the weights of others."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Annotated, ClassVar, Literal

import torch
from torch import Tensor

from netware.edges import Edges
from netware.errors import ScenarioError, ShapeError
from netware.graphs.topology import AbstractTopology
from netware.needs.base import Surroundings
from netware.parameters import Column, Count, Member, PopulationName
from netware.population import Population
from netware.relations.base import AbstractGraphRelation, Flow, one_for_each
from netware.relations.substrate import ENDS, coordinates, listed, sheets_of
from netware.space.box import Space


BLOCK = 48


@dataclass(frozen=True)
class Generation(AbstractGraphRelation):
    """Makes the weights of each child from its embedding, by the network of its generator.

    theta_c = f(theta_g(c), z_c), or layer by layer theta_c^l = f(theta_g(c), z_c^l), or synapse by
    synapse w_ij^l = f_l(theta_g(c), x_i, y_i, x_j, y_j)

    All children of a generator are its samples, in one batch. The children have no weights of
    their own to learn: gradients reach the generators' weights and the embeddings. A child without
    a generator, because it has died or because the child was born later, keeps the weights that it
    has: a newborn child those of its parent.

    Args:
        between: Population of generators and population of children.
        topology: Who generates whom, one generator for each child; without it the children are
            shared out among the generators in equal blocks.
        embedding: Column of the children that their generator is shown: `(children, z)`, or
            `(children, weights, z)` with `per: layer`.
        weights: `all` weights of a child, or the names of those to generate.
        per: `whole`: one answer holds all weights in their order; `layer`: the generator is asked
            once for each weight, and the first of its answer that the weight needs are taken;
            `synapse`: it is shown where the two neurons of a synapse are, and its l-th answer is
            the synapse in the l-th of the weights, which are matrices from layer to layer. No
            embedding is read then, and one generator makes networks of any resolution.
        sheets: With `per: synapse`, width and height of each layer of neurons, inputs first; x and
            y run from -1 to 1 over a sheet, row by row. Lines if none are given. [1]

    Reads: embedding; weights of the generators.
    Writes: edges; weights of the children.

    Source: Ha, Dai and Le (2017), ICLR, arXiv:1609.09106; by synapse: Stanley, D'Ambrosio and
    Gauci (2009), Artif. Life 15, 185, doi:10.1162/artl.2009.15.2.15202.
    Departs from it: the generator is any model, not the two-layer linear one.
    """

    between: tuple[PopulationName, PopulationName]
    topology: Annotated[AbstractTopology | None, Member("topologies")] = None
    embedding: Column = "embedding"
    weights: Literal["all"] | tuple[Column, ...] = "all"
    per: Literal["whole", "layer", "synapse"] = "whole"
    sheets: tuple[tuple[Count, Count], ...] = ()

    flow_phase: ClassVar[Flow] = "generate"

    def expected_edges(self, sources: int, targets: int, space: Space | None) -> float:
        """Returns one edge for each child."""
        return float(targets)

    def connect(self, world: Surroundings, name: str) -> Edges:
        """Gives each child its generator, and refuses networks that do not fit."""
        source, target = (world.populations[end] for end in self.between)
        self.check(name, source, target)
        return one_for_each(self.topology, self.between, world, name, "generator", "child")

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
        if self.per == "synapse":
            self.check_synapses(name, source, target)
            return
        if self.sheets:
            raise ScenarioError(
                f"relations.{name}.sheets",
                found=f"{listed(self.sheets)} with 'per: {self.per}'",
                expected="sheets where the generator is asked for synapses",
                fix="write 'per: synapse', or leave 'sheets' out",
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

    def check_synapses(self, name: str, source: Population, target: Population) -> None:
        """Refuses weights that join no layers, sheets and generators that do not fit."""
        sheets_of(f"relations.{name}", self.sheets, target)
        joining, made = target.wrapped().layers(), tuple(self.shapes(target))
        if other := [weight for weight in made if weight not in joining]:
            raise ScenarioError(
                f"relations.{name}.weights",
                found=f"'{other[0]}', which is no matrix from layer to layer",
                expected=f"some of {', '.join(joining)}",
                fix=f"write 'weights: [{', '.join(joining)}]', or 'bias: none' under "
                f"populations.{target.name}.model",
            )
        generator = source.wrapped()
        takes, answers = generator.input_size(), generator.output_size()
        for word, found, wanted, why in (
            ("inputs", takes, ENDS, "x and y of both ends of a synapse"),
            ("outputs", answers, len(made), f"one for each of {', '.join(made)}"),
        ):
            if found != wanted:
                raise ShapeError(
                    f"relations.{name}",
                    found=f"{source.name} {'takes' if word == 'inputs' else 'answers'} {found} "
                    "numbers",
                    expected=f"{wanted}: {why}",
                    fix=f"write '{word}: {wanted}' under populations.{source.name}.model",
                )

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
        if self.per == "synapse":
            return self.synapse_by_synapse(edges, source_weights, source, target)
        shapes = self.shapes(target)
        asked = len(shapes) if self.per == "layer" else 1
        embedding = target[self.embedding].reshape(target.total, asked, -1)
        embedding = embedding if edges.count == target.total else embedding[edges.target.long()]
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
            name: part.reshape(edges.count, *shape)
            for (name, shape), part in zip(shapes.items(), parts, strict=True)
        }

    def synapse_by_synapse(
        self,
        edges: Edges,
        source_weights: Mapping[str, Tensor],
        source: Population,
        target: Population,
    ) -> dict[str, Tensor]:
        """Returns the weights by name of the children, each from the places of its neurons.

        Every generator is asked once for all its children, which are of one resolution.
        """
        shapes, sheets = self.shapes(target), sheets_of("", self.sheets, target)
        like = next(iter(source_weights.values()))
        ends = coordinates(tuple(shapes), sheets, target, like)
        shown = torch.cat(ends)[None].expand(source.total, -1, -1)
        answers = source.forward(shown, source_weights)
        parts = answers.split([len(each) for each in ends], 1)
        return {
            name: part[:, :, row].index_select(0, edges.source).reshape(edges.count, *shape)
            for row, ((name, shape), part) in enumerate(zip(shapes.items(), parts, strict=True))
        }

    def flow(self, edges: Edges, source: Population, target: Population) -> Population:
        """Returns the children with the weights that their generators make now."""
        made = {name: target.weights[name][:0] for name in self.shapes(target)}
        if edges.count:
            made = self.generate(edges, source.weights, source, target)
        if edges.count < target.total:
            child = edges.target.long()
            made = {name: target.weights[name].index_copy(0, child, w) for name, w in made.items()}
        return target.with_weights(made)


def rounded(samples: int) -> int:
    """Returns a number of samples at which equal samples give equal bits.

    Matrix products treat whole blocks of samples (12 or 24 in float64, 16 or 48 in float32) and
    what is left over by different kernels; a single sample stays alone.
    """
    return samples if samples == 1 else -(-samples // BLOCK) * BLOCK
