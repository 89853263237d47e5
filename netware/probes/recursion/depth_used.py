"""Depth used: how many iterations of a URN a task needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.axes import AGENT
from netware.measures.unrolled import stopped_accuracies
from netware.needs.base import AbstractNeed
from netware.needs.models import ReadsTask
from netware.needs.synapses import HasRecursion
from netware.parameters import Fraction, PopulationName, TaskName
from netware.probes.base import AbstractProbe
from netware.probes.numbers import at_most
from netware.world import World


@dataclass(frozen=True)
class DepthUsed(AbstractProbe):
    """Measures the number of layers that a URN has made for a task.

    depth = min {l: |a_m - a_I| <= tolerance for all m = l .. I},
    a_l = share of right answers, were the recursion stopped at iteration l

    From there on the answers stay right or wrong as they are. Depth 1 is a network without hidden
    layers, depth I one that needs every iteration; 0 means that its answers are worth no more
    than those of silent outputs. Only outputs that accumulate (`residual: output`) can be done
    before the last iteration: by its construction a plain URN has depth I.

    Args:
        on: Population of URNs to measure.
        task: Task whose test samples are shown.
        tolerance: Difference from the final accuracy that does not count. [1]

    Reads: weights.
    Quantities: `depth` of each agent [iterations]; `accuracy`, its a_I; `mean`, the mean depth of
    a replica.

    Source: Golkar (2019), arXiv:1911.11691, sections 2 (emergent number of layers) and 4.
    Departs from it: the paper reads the number of layers off the activities.
    """

    on: PopulationName
    task: TaskName
    tolerance: Fraction = 0.02

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "depth": (AGENT,),
        "accuracy": (AGENT,),
        "mean": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasRecursion(),
        ReadsTask(),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns depth and accuracy of every agent, and the mean depth."""
        self.insist(world)
        population, examples = world[self.on], world.examples[self.task].test
        if not population.agents:
            return self.nothing(population)
        stopped = population.per_replica(stopped_accuracies(population, examples))
        last = stopped[..., -1]
        # In whole answers: 0.98 - 0.96 may be a little more than 0.02.
        samples = examples.inputs.shape[1]
        answers = (stopped.double() * samples).round()
        near = (answers - answers[..., -1:]).abs() <= at_most(self.tolerance, samples)
        settled = near.flip(-1).to(torch.int64).cumprod(-1).sum(-1)
        depth = (stopped.shape[-1] - settled).to(last.dtype)
        return {"depth": depth, "accuracy": last, "mean": depth.mean(1)}
