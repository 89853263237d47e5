"""Synapse generation: hypernetworks that are shown where the two neurons of a synapse are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from torch import Tensor

from netware.edges import Edges
from netware.errors import ScenarioError, ShapeError
from netware.graphs.topology import AbstractTopology
from netware.parameters import Column, Count, Member, PopulationName
from netware.population import Population
from netware.relations.generating import AbstractGeneration
from netware.relations.substrate import ENDS, coordinates, sheets_of


@dataclass(frozen=True)
class SynapseGeneration(AbstractGeneration):
    """Makes each synapse of each child from the places of its two neurons.

    w_ij^l = f_l(theta_g(c), x_i, y_i, x_j, y_j)

    The l-th answer of the generator is the synapse in the l-th of the weights, which are matrices
    from layer to layer. So one generator makes networks of any resolution. Every generator is
    asked once for all its children. Gradients reach the generators' weights; a child without a
    generator keeps the weights that it has.

    Args:
        between: Population of generators and population of children.
        topology: Which generator makes which child, one for each; without it the children are
            shared out among the generators in equal blocks.
        weights: `all` weights of a child, or the names of those to generate.
        sheets: Width and height of each layer of neurons, inputs first; x and y run from -1 to 1
            over a sheet, row by row. Lines if none are given. [1]

    Reads: weights of the generators.
    Writes: edges; weights of the children.

    Source: Stanley, D'Ambrosio and Gauci (2009), Artif. Life 15, 185,
    doi:10.1162/artl.2009.15.2.15202.
    Departs from it: the generator is any model of four inputs, and no synapse is left out.
    """

    between: tuple[PopulationName, PopulationName]
    topology: Annotated[AbstractTopology | None, Member("topologies")] = None
    weights: Literal["all"] | tuple[Column, ...] = "all"
    sheets: tuple[tuple[Count, Count], ...] = ()

    def check(self, name: str, source: Population, target: Population) -> None:
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
        """Returns the weights by name of the children that have a generator, `[edges, ...]`."""
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
