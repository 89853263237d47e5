"""Stripes: two classes that take turns along a line, the more often the harder."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from pydantic import Field
from torch.nn.functional import one_hot

from netware.draws import Draws, Purpose
from netware.parameters import Count
from netware.tasks.base import AbstractTask, Examples, Goal, TaskData


@dataclass(frozen=True)
class Stripes(AbstractTask):
    """Draws points in stripes across a random direction; classes 0 and 1 take turns.

    x = t u + x_perp,   u uniform on the unit sphere of R^d,   stripe k in [-1 + 2 k / n,
    -1 + 2 (k + 1) / n] of t,   t ~ U(its middle (1 - margin)),   class k mod 2,
    x_perp ~ U(-1, 1) in each of the d - 1 directions across u

    Two stripes can be told apart by a plane, more of them by none. A network needs a bend of its
    answer for every border, of which one hidden layer makes as many as it has units, and each
    further layer multiplies them: difficulty grows with `stripes`, and depth helps more and more.
    All tasks of stripes in as many dimensions have the same direction in a replica, so that what
    was learnt for few stripes is of use for more.

    Args:
        stripes: n, stripes. [1]
        dimensions: d, numbers of a point. [1]
        margin: Share of a stripe's width that is left empty at its borders. [1]
        train: Points to learn from, each stripe in turn. [1]
        test: Points to be tested on. [1]

    Shapes: inputs `(replicas, samples, dimensions)`, targets one-hot `(replicas, samples, 2)`;
    each replica draws a direction and points of its own.

    Source: Telgarsky (2016), arXiv:1602.04485, section 1 (alternating points of a line).
    Departs from it: points fill stripes, and lie in more than one dimension.
    """

    stripes: Annotated[int, Field(ge=2, le=4096)] = 2
    dimensions: Count = 2
    margin: Annotated[float, Field(ge=0, lt=1)] = 0.2
    train: Count = 4000
    test: Count = 1000

    goal: ClassVar[Goal] = "classes"

    def input_size(self) -> int:
        """Returns d."""
        return self.dimensions

    def output_size(self) -> int:
        """Returns 2."""
        return 2

    def make(self, name: str, draws: Draws, dtype: torch.dtype) -> TaskData:
        """Draws each replica's direction, then its points.

        Points are drawn with u as the first axis and turned by the reflection that takes that
        axis to u (Householder), under which those across it stay uniform across u.
        """
        samples = self.train + self.test
        towards = draws.stream(Purpose.TASK, "stripes/direction", 1).normal(
            size=(self.dimensions,), dtype=torch.float64
        )
        u = towards / torch.linalg.vector_norm(towards, dim=-1, keepdim=True)
        spread = draws.stream(Purpose.TASK, f"{name}/points", 1).uniform(
            -1.0, 1.0, size=(samples, self.dimensions), dtype=torch.float64
        )
        numbers = torch.arange(samples, device=u.device)
        stripe = torch.where(numbers < self.train, numbers, numbers - self.train) % self.stripes
        middle = (2 * stripe + 1) / self.stripes - 1
        t = middle + spread[..., 0] * (1 - self.margin) / self.stripes
        flat = torch.cat([t[..., None], spread[..., 1:]], -1)
        axis = torch.zeros_like(u).index_fill(1, torch.zeros_like(numbers[:1]), 1.0)
        mirror = u - axis
        size = mirror.square().sum(-1, keepdim=True).clamp_min(torch.finfo(u.dtype).tiny)
        along = (flat * mirror[:, None]).sum(-1, keepdim=True)
        inputs = (flat - 2 * along * (mirror / size)[:, None]).to(dtype)
        targets = one_hot(stripe % 2, 2).to(dtype).expand(len(inputs), -1, -1)
        return TaskData(
            train=Examples(inputs[:, : self.train], targets[:, : self.train], self.goal),
            test=Examples(inputs[:, self.train :], targets[:, self.train :], self.goal),
        )
