"""Random patterns: independent +-1 patterns to be remembered."""

from dataclasses import dataclass
from typing import ClassVar

import torch

from netware.draws import Draws, Purpose
from netware.parameters import Count, Probability
from netware.tasks.base import AbstractTask, Examples, Goal, TaskData


@dataclass(frozen=True)
class RandomPatterns(AbstractTask):
    """Draws patterns of independent +-1 units, other ones in every replica.

    P(xi_i = +1) = up,   i = 1 .. units,   mu = 1 .. patterns

    Args:
        units: Units of a pattern, N. [1]
        patterns: Patterns, P; the load of a memory is alpha = P / N. [1]
        up: Probability of +1; the patterns of Hopfield's theory have 1/2. [1]

    Shapes: inputs and targets `(replicas, patterns, units)`, the same tensor; what is tested is
    what was learnt.

    Source: Hopfield (1982), PNAS 79, 2554, doi:10.1073/pnas.79.8.2554.
    Departs from it: units are -1 and +1, not 0 and 1.
    """

    units: Count
    patterns: Count
    up: Probability = 0.5

    goal: ClassVar[Goal] = "patterns"

    def input_size(self) -> int:
        """Returns the units of a pattern."""
        return self.units

    def output_size(self) -> int:
        """Returns the units of a pattern."""
        return self.units

    def make(self, name: str, draws: Draws, dtype: torch.dtype) -> TaskData:
        """Draws each replica's patterns."""
        stream = draws.stream(Purpose.TASK, name, 1)
        xi = stream.bernoulli(self.up, (self.patterns, self.units)).to(dtype) * 2 - 1
        examples = Examples(xi, xi, self.goal)
        return TaskData(train=examples, test=examples)
