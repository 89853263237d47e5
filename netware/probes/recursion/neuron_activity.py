"""Neuron activity: how active each neuron of a URN is, iteration by iteration."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.axes import AGENT, ITERATION, UNIT
from netware.measures.unrolled import recursion_of, unrolled
from netware.needs.base import AbstractNeed
from netware.needs.models import ReadsTask
from netware.needs.synapses import HasRecursion
from netware.parameters import PopulationName, TaskName
from netware.population import CHUNK_BYTES, rows
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class NeuronActivity(AbstractProbe):
    """Measures the mean activity of each neuron of a URN after each iteration.

    activity_lj = 1/N sum_n |N_j^(l)(x_n)|,   l = 0 .. I

    A number for each neuron and iteration makes many rows of metrics: give it a long `every:`.
    The figure `activity` draws the last ones.

    Args:
        on: Population of URNs to measure.
        task: Task whose test samples are shown.

    Reads: weights.
    Quantities: `activity` of each agent, iteration, 0 being the inputs, and neuron; 0 for one that
    is silent.

    Source: Golkar (2019), arXiv:1911.11691, figure 3.
    Departs from it: nothing.
    """

    on: PopulationName
    task: TaskName

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"activity": (AGENT, ITERATION, UNIT)}
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasRecursion(),
        ReadsTask(),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the activities of every agent, some agents at a time to fit memory."""
        self.insist(world)
        population, examples = world[self.on], world.examples[self.task].test
        model, recursion = population.wrapped(), recursion_of(population)
        if not population.agents:
            return self.nothing(
                population, {ITERATION: recursion.iterations + 1, UNIT: recursion.neurons}
            )
        inputs = examples.of(population.replica).inputs
        numbers = recursion.neurons * inputs.shape[1] * (recursion.iterations + 1)
        size = max(1, CHUNK_BYTES // (numbers * inputs.element_size()))
        parts = [
            unrolled(
                model,
                rows(population.weights, start, size),
                inputs[start : start + size],
                rows(population.state, start, size),
            )[0]
            for start in range(0, population.total, size)
        ]
        return {"activity": population.per_replica(torch.cat(parts))}
