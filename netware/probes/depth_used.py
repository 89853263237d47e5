"""Depth used: how many iterations of a URN a task needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.axes import AGENT
from netware.losses import must_fit
from netware.parameters import Fraction, PopulationName, TaskName
from netware.probes.base import AbstractProbe
from netware.relevance import stopped_accuracies, urn_of
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

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns depth and accuracy of every agent, and the mean depth."""
        population, examples = world[self.on], world.examples[self.task].test
        urn_of(population)
        must_fit(f"probes: depth of '{self.on}'", population, examples)
        stopped = population.per_replica(stopped_accuracies(population, examples))
        last = stopped[..., -1]
        near = (stopped - last[..., None]).abs() <= self.tolerance
        settled = near.flip(-1).to(torch.int64).cumprod(-1).sum(-1)
        depth = (stopped.shape[-1] - settled).to(last.dtype)
        return {"depth": depth, "accuracy": last, "mean": depth.mean(1)}
