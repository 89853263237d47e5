"""Embedding dimension: how many nodes of each layer are active."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.axes import AGENT, LAYER
from netware.needs.base import AbstractNeed
from netware.needs.models import HasLayers, ReadsTask
from netware.parameters import PopulationName, TaskName
from netware.population import CHUNK_BYTES, rows
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class EmbeddingDimension(AbstractProbe):
    """Measures in how many dimensions each hidden layer holds the samples.

    D^l = max over samples x of |{j: h_j^l(x) > 0}|,   ever^l = |{j: h_j^l(x) > 0 for some x}|

    Args:
        on: Population to measure; its model must be layered, with a hidden layer at least.
        task: Task whose test samples are shown.

    Reads: weights.
    Quantities: `dimension` D and `ever` [nodes] of each agent and hidden layer (0 the first).

    Source: de Jong, Meigel and Rulands (2025), arXiv:2501.05550, Methods (`dimension`); the main
    text may also be read as `ever`.
    Departs from it: nothing.
    """

    on: PopulationName
    task: TaskName

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "dimension": (AGENT, LAYER),
        "ever": (AGENT, LAYER),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasLayers(hidden=1),
        ReadsTask(),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns both quantities of every agent, some agents at a time to fit memory."""
        self.insist(world)
        population = world[self.on]
        model = population.wrapped()
        if not population.agents:
            return self.nothing(population, {LAYER: len(model.layers()) - 1})
        examples = world.examples[self.task].test
        inputs = examples.of(population.replica).inputs
        numbers = inputs.shape[1] * sum(shape[-1] for shape in model.weight_shapes().values())
        size = max(1, CHUNK_BYTES // (numbers * inputs.element_size()))
        dimension, ever = [], []
        for start in range(0, population.total, size):
            weights, state = (
                rows(population.weights, start, size),
                rows(population.state, start, size),
            )
            traced = model.trace(weights, inputs[start : start + size], state)
            active = [h > 0 for part, h in traced.items() if part != "output"]
            dimension.append(torch.stack([on.sum(2).amax(1) for on in active], 1))
            ever.append(torch.stack([on.any(1).sum(1) for on in active], 1))
        return {
            "dimension": population.per_replica(torch.cat(dimension).double()),
            "ever": population.per_replica(torch.cat(ever).double()),
        }
