"""Explained variance: how much of its inputs an agent's first layer keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from netware.axes import AGENT
from netware.errors import Problem
from netware.needs.base import AbstractNeed, Surroundings, population_of
from netware.needs.models import HasLayers
from netware.parameters import Fraction, PopulationName, TaskName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class FirstLayerReads(AbstractNeed):
    """A first layer that reads a sample of the task, and nothing beside it."""

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns a first layer of another width."""
        population = population_of(member, world)
        if population is None or population.model is None or member.task not in world.examples:
            return []
        layers = population.model.layers()
        shown = world.examples[member.task].test.inputs.shape[-1]
        if not layers or population.model.weight_shapes()[layers[0]][0] == shown:
            return []
        read = population.model.weight_shapes()[layers[0]][0]
        return [
            Problem(
                f"{where}.task",
                f"'{member.task}', samples of {shown} numbers, for a first layer that reads {read}",
                f"samples of {read} numbers",
                "name a task that the first layer reads, or another population",
            )
        ]

    def sentence(self) -> str:
        """Says what must fit."""
        return "a first layer that reads the inputs of 'task' and nothing else"


@dataclass(frozen=True)
class ExplainedVariance(AbstractProbe):
    """Measures the share of the inputs' variance along the directions that the first layer reads.

    explained_i = tr(P_i C) / tr(C),   P_i onto the span of the columns of w1_i, C the covariance

    Directions in which the columns differ by less than `least` of their size do not count: units
    that are all but the same keep one number. No layer of so many units keeps more than as many
    principal components do, `best`.

    Args:
        on: Population to measure; its model must be layered.
        task: Task whose test inputs vary.
        least: Singular value of w1, as a share of the largest, from which a direction counts. [1]

    Reads: weights.
    Quantities: `explained` of each agent; `mean` and `best` of a replica.

    Source: Sanger (1989), Neural Networks 2, 459, doi:10.1016/0893-6080(89)90044-0.
    Departs from it: nothing.
    """

    on: PopulationName
    task: TaskName
    least: Fraction = 0.05

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "explained": (AGENT,),
        "mean": (),
        "best": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasLayers(),
        FirstLayerReads(),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the share that each agent keeps, their mean, and the most that could be kept."""
        self.insist(world)
        population, examples = world[self.on], world.examples[self.task].test
        if not population.agents:
            return self.nothing(population)
        w = population.weights[population.wrapped().layers()[0]].double()
        x = examples.inputs.double()
        x = x - x.mean(1, keepdim=True)
        covariance = torch.bmm(x.transpose(1, 2), x) / x.shape[1]
        basis, size, _ = torch.linalg.svd(w, full_matrices=False)
        basis = basis * (size > size[:, :1] * self.least)[:, None]
        kept = (basis * torch.bmm(covariance[population.replica], basis)).sum((1, 2))
        spectrum = torch.linalg.eigvalsh(covariance)
        total = spectrum.sum(1)
        explained = population.per_replica(kept) / total[:, None]
        best = spectrum[:, -min(w.shape[1:]) :].sum(1) / total
        return {"explained": explained, "mean": explained.mean(1), "best": best}
