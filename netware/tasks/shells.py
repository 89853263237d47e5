"""Shells: points of thin concentric spherical shells, to be told apart."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import one_hot

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.parameters import Count, NonNegative, Positive
from netware.tasks.base import AbstractTask, Examples, Goal, TaskData


@dataclass(frozen=True)
class Shells(AbstractTask):
    """Draws points of concentric shells, uniform in volume; the class is the shell.

    x = r u,   u uniform on the unit sphere of R^d,   r = (a^d + v (b^d - a^d))^(1/d),
    v ~ U(0, 1),   for the shell between the radii a and b

    Args:
        dimensions: d, numbers of a point. [1]
        radii: Inner and outer radius of each shell, one class a shell. [length]
        train: Points to learn from, each shell in turn. [1]
        test: Points to be tested on. [1]

    Shapes: inputs `(replicas, samples, dimensions)`, targets one-hot `(replicas, samples,
    shells)`; each replica draws points of its own.

    Source: Golkar (2019), arXiv:1911.11691, section 2 (two shells in 10 dimensions).
    Departs from it: the radii and their thickness are not printed there; ours are the default.
    """

    dimensions: Count = 10
    radii: Annotated[tuple[tuple[NonNegative, Positive], ...], Field(min_length=2)] = (
        (0.9, 1.1),
        (1.9, 2.1),
    )
    train: Count = 4000
    test: Count = 1000

    goal: ClassVar[Goal] = "classes"

    def __post_init__(self):
        """Refuses a shell whose inner radius is not below its outer one."""
        for shell, (inner, outer) in enumerate(self.radii):
            if inner >= outer:
                raise ScenarioError(
                    f"radii[{shell}]",
                    found=f"inner radius {inner:g}, outer radius {outer:g}",
                    expected="inner below outer in every pair",
                    fix=f"write [{outer:g}, {inner:g}]"
                    if outer < inner
                    else "make the shell thicker",
                )

    def input_size(self) -> int:
        """Returns d."""
        return self.dimensions

    def output_size(self) -> int:
        """Returns the number of shells."""
        return len(self.radii)

    def make(self, name: str, draws: Draws, dtype: torch.dtype) -> TaskData:
        """Draws each replica's points."""
        samples = self.train + self.test
        towards = draws.stream(Purpose.TASK, f"{name}/direction", 1).normal(
            size=(samples, self.dimensions), dtype=dtype
        )
        volume = draws.stream(Purpose.TASK, f"{name}/radius", 1).uniform(
            size=(samples,), dtype=torch.float64
        )
        label = torch.cat(
            [
                torch.arange(self.train, device=volume.device),
                torch.arange(self.test, device=volume.device),
            ]
        ) % len(self.radii)
        r = self.radius(volume, label).to(dtype)[..., None]
        inputs = r * towards / torch.linalg.vector_norm(towards, dim=-1, keepdim=True)
        targets = one_hot(label, len(self.radii)).to(dtype).expand(len(inputs), -1, -1)
        return TaskData(
            train=Examples(inputs[:, : self.train], targets[:, : self.train], self.goal),
            test=Examples(inputs[:, self.train :], targets[:, self.train :], self.goal),
        )

    def radius(self, volume: Tensor, label: Tensor) -> Tensor:
        """Returns the radius below which a share `volume` of the shell's volume lies.

        In units of the outer radius, so that no power overflows: with q = a / b,
        r = b (q^d + v (1 - q^d))^(1/d).
        """
        bounds = torch.tensor(self.radii, dtype=volume.dtype, device=volume.device)[label]
        inner, outer = bounds[:, 0], bounds[:, 1]
        hollow = (inner / outer) ** self.dimensions
        return outer * (hollow + volume * (1 - hollow)) ** (1 / self.dimensions)
