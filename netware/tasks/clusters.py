"""Clusters: points scattered about random centres, whose label is to be regressed."""

from dataclasses import dataclass
from typing import ClassVar

import torch

from netware.draws import Draws, Purpose
from netware.parameters import Count, NonNegative
from netware.tasks.base import AbstractTask, Examples, Goal, TaskData


@dataclass(frozen=True)
class Clusters(AbstractTask):
    """Draws points of Gaussian clusters about random centres; the target is the cluster's label.

    x = m_k + sd xi,   xi ~ N(0, 1)^d,   m_k ~ U(0, 1)^d,   y = k,   k = 1 .. clusters

    Args:
        dimensions: d, numbers of a point. [1]
        clusters: Clusters; their labels 1, 2, ... are regressed as one number. [1]
        sd: Standard deviation of a cluster in each dimension. [length]
        train: Points to learn from, each cluster in turn. [1]
        test: Points to be tested on. [1]

    Shapes: inputs `(replicas, samples, dimensions)`, targets `(replicas, samples, 1)`; each
    replica draws centres and points of its own.

    Source: de Jong, Meigel and Rulands (2025), arXiv:2501.05550, Methods.
    Departs from it: how the centres lie is not printed there; ours are uniform in the unit cube.
    """

    dimensions: Count = 10
    clusters: Count = 11
    sd: NonNegative = 0.05
    train: Count = 4000
    test: Count = 1000

    goal: ClassVar[Goal] = "numbers"

    def input_size(self) -> int:
        """Returns d."""
        return self.dimensions

    def output_size(self) -> int:
        """Returns 1: the label."""
        return 1

    def make(self, name: str, draws: Draws, dtype: torch.dtype) -> TaskData:
        """Draws each replica's centres, then its points."""
        samples = self.train + self.test
        centres = draws.stream(Purpose.TASK, f"{name}/centres", 1).uniform(
            size=(self.clusters, self.dimensions), dtype=dtype
        )
        scatter = draws.stream(Purpose.TASK, f"{name}/points", 1).normal(
            sd=self.sd, size=(samples, self.dimensions), dtype=dtype
        )
        label = (
            torch.cat(
                [
                    torch.arange(self.train, device=centres.device),
                    torch.arange(self.test, device=centres.device),
                ]
            )
            % self.clusters
        )
        inputs = centres[:, label] + scatter
        targets = (label + 1).to(dtype)[None, :, None].expand(len(inputs), -1, -1)
        return TaskData(
            train=Examples(inputs[:, : self.train], targets[:, : self.train], self.goal),
            test=Examples(inputs[:, self.train :], targets[:, self.train :], self.goal),
        )
