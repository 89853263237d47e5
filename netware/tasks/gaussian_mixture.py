"""Gaussian mixture: points of a few Gaussians of known weight, place and width."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from pydantic import Field
from torch.nn.functional import one_hot

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.parameters import Count, NonNegative, Positive, Real
from netware.tasks.base import AbstractTask, Examples, Goal, TaskData


ROUNDING = 1e-5


@dataclass(frozen=True)
class GaussianMixture(AbstractTask):
    """Draws points of a mixture of Gaussians; the class of a point is its component.

    x ~ sum_k weight_k N(mean_k, std_k^2 1)

    Args:
        weights: Probability of each component; they sum to 1. [1]
        means: Centre of each component, one number a dimension.
        stds: Standard deviation of each component, alike in all dimensions. [unit of x]
        train: Points to learn from. [1]
        test: Points to be tested on. [1]

    Shapes: inputs `(replicas, samples, dimensions)`, targets one-hot `(replicas, samples,
    components)`; each replica draws points of its own.

    Source: Pearson (1894), Phil. Trans. R. Soc. A 185, 71, doi:10.1098/rsta.1894.0003.
    Departs from it: any number of components and dimensions.
    """

    weights: Annotated[tuple[Positive, ...], Field(min_length=1)] = (0.3, 0.7)
    means: Annotated[tuple[tuple[Real, ...], ...], Field(min_length=1)] = ((-2.0,), (1.0,))
    stds: Annotated[tuple[NonNegative, ...], Field(min_length=1)] = (0.2, 0.3)
    train: Count = 4000
    test: Count = 1000

    goal: ClassVar[Goal] = "classes"

    def __post_init__(self):
        """Refuses lists of different lengths, and weights that do not sum to 1."""
        many, sizes = len(self.weights), {len(mean) for mean in self.means}
        for name, values in (("means", self.means), ("stds", self.stds)):
            if len(values) != many:
                raise ScenarioError(
                    name,
                    found=f"{len(values)} {name} for {many} weights",
                    expected="one of each for every component",
                    fix=f"write {many} {name}",
                )
        if len(sizes) != 1 or 0 in sizes:
            raise ScenarioError(
                "means",
                found=f"means of {', '.join(map(str, sorted(sizes)))} dimensions",
                expected="as many numbers in each, one or more",
                fix="write 'means: [[-2.0], [1.0]]' for points on a line",
            )
        total = sum(self.weights)
        if abs(total - 1) > ROUNDING:
            raise ScenarioError(
                "weights",
                found=f"weights that sum to {total:g}",
                expected="a sum of 1",
                fix=f"write {[round(weight / total, 6) for weight in self.weights]}",
            )

    def input_size(self) -> int:
        """Returns the dimensions of a point."""
        return len(self.means[0])

    def output_size(self) -> int:
        """Returns the number of components."""
        return len(self.weights)

    def make(self, name: str, draws: Draws, dtype: torch.dtype) -> TaskData:
        """Draws each replica's points."""
        samples, device = self.train + self.test, draws.keys.device
        chance = draws.stream(Purpose.TASK, f"{name}/component", 1).uniform(
            size=(samples,), dtype=torch.float64
        )
        scatter = draws.stream(Purpose.TASK, f"{name}/points", 1).normal(
            size=(samples, self.input_size()), dtype=dtype
        )
        ends = torch.tensor(self.weights, dtype=torch.float64, device=device).cumsum(0)[:-1]
        label = torch.searchsorted(ends, chance, right=True)
        means = torch.tensor(self.means, dtype=dtype, device=device)
        stds = torch.tensor(self.stds, dtype=dtype, device=device)
        inputs = means[label] + stds[label][..., None] * scatter
        targets = one_hot(label, len(self.weights)).to(dtype)
        return TaskData(
            train=Examples(inputs[:, : self.train], targets[:, : self.train], self.goal),
            test=Examples(inputs[:, self.train :], targets[:, self.train :], self.goal),
        )
