"""Embedding dimension: how many nodes of each layer are active."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

from netware.axes import AGENT, LAYER
from netware.models.layers.synapses import Places, hidden_layers
from netware.needs.base import AbstractNeed
from netware.needs.models import ReadsTask
from netware.needs.synapses import HasSynapses, ShowsUnits
from netware.parameters import PopulationName, TaskName
from netware.population import CHUNK_BYTES, rows
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class EmbeddingDimension(AbstractProbe):
    """Measures in how many dimensions each hidden layer holds the samples.

    D^l = max over samples x of |{j: h_j^l(x) > 0}|,   ever^l = |{j: h_j^l(x) > 0 for some x}|

    Neurons that answer at several iterations, as a URN's, are one layer: D is that of the iteration
    at which it is largest, and `ever` counts those active at any.

    Args:
        on: Population to measure; its weights must join known units, some of them hidden.
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
        HasSynapses(),
        ReadsTask(),
        ShowsUnits(),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns both quantities of every agent, some agents at a time to fit memory."""
        self.insist(world)
        population = world[self.on]
        model = population.wrapped()
        layers = hidden_layers(model.synapses())
        if not population.agents:
            return self.nothing(population, {LAYER: len(layers)})
        examples = world.examples[self.task].test
        inputs = examples.of(population.replica).inputs
        numbers = inputs.shape[1] * model.units()
        size = max(1, CHUNK_BYTES // (numbers * inputs.element_size()))
        dimension, ever = [], []
        for start in range(0, population.total, size):
            weights, state = (
                rows(population.weights, start, size),
                rows(population.state, start, size),
            )
            traced = model.trace(weights, inputs[start : start + size], state)
            found = [active_units(traced, layer) for layer in layers]
            dimension.append(torch.stack([one for one, _ in found], 1))
            ever.append(torch.stack([one for _, one in found], 1))
        return {
            "dimension": population.per_replica(torch.cat(dimension).double()),
            "ever": population.per_replica(torch.cat(ever).double()),
        }


def active_units(
    traced: Mapping[str, Float[Tensor, "agents samples _"]], layer: Places
) -> tuple[Int[Tensor, " agents"], Int[Tensor, " agents"]]:
    """Returns D and the units that are ever active, of one layer."""
    active = [units_of_samples(traced[part], layer) > 0 for part in layer.shown_by()]
    most = torch.stack([on.sum(2).amax(1) for on in active]).amax(0)
    ever = torch.stack([on.any(1) for on in active]).any(0)
    return most, ever.sum(1)


def units_of_samples(h: Tensor, layer: Places) -> Float[Tensor, "agents samples _"]:
    """Returns the units of one layer, of a part that may hold others too."""
    return h[..., layer.start : layer.start + layer.many]
