"""Iteration accuracy: how many iterations of a URN its answers need."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.axes import AGENT, ITERATION
from netware.losses import right
from netware.parameters import PopulationName, TaskName
from netware.population import CHUNK_BYTES, rows
from netware.probes.base import AbstractProbe
from netware.relevance import urn_of
from netware.world import World


@dataclass(frozen=True)
class IterationAccuracy(AbstractProbe):
    """Measures the share of right answers, were the recursion stopped at each iteration.

    accuracy_l = 1/N sum_n [the last neurons of N^(l)(x_n) are right],   l = 1 .. I

    The first l from which it stays at its final value is the number of layers that have emerged,
    hidden ones l - 1.

    Args:
        on: Population of URNs to measure.
        task: Task whose test samples are shown.

    Reads: weights.
    Quantities: `accuracy` of each agent and iteration, 0 (outputs still zero) to I.

    Source: Golkar (2019), arXiv:1911.11691, section 2, on residual output nodes.
    Departs from it: the paper reads the number of layers off the activities.
    """

    on: PopulationName
    task: TaskName

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"accuracy": (AGENT, ITERATION)}

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns every agent's accuracies, some agents at a time to fit memory."""
        population = world[self.on]
        model = urn_of(population)
        examples = world.examples[self.task].test.of(population.replica)
        numbers = model.neurons * examples.inputs.shape[1] * (model.iterations + 1)
        size = max(1, CHUNK_BYTES // (numbers * examples.inputs.element_size()))
        parts = []
        for start in range(0, population.total, size):
            x, t = examples.inputs[start : start + size], examples.targets[start : start + size]
            traced = model.trace(rows(population.weights, start, size), x, {})
            answers = [torch.zeros_like(t)] + [
                traced[f"iteration{at}"][..., -model.outputs :]
                for at in range(1, model.iterations + 1)
            ]
            correct = [right(answer, t, examples.goal) for answer in answers]
            parts.append(torch.stack(correct, 1).to(population.dtype).mean(2))
        return {"accuracy": population.per_replica(torch.cat(parts))}
