"""Permuted: a task whose inputs come in another order, for sequences of equally hard tasks."""

from dataclasses import dataclass, replace
from typing import Annotated

import torch
from jaxtyping import Int
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.parameters import Index, Member
from netware.tasks.base import AbstractTask, Examples, TaskData


@dataclass(frozen=True)
class Permuted(AbstractTask):
    """Shows the examples of another task with their inputs in an order of their own.

    x'_i = x_{p(i)},   p a permutation of 0 .. n - 1

    Permutations are drawn once and for all, one for each number and size of a sample: they depend
    neither on the run's seed nor on the replica. Number 0 leaves the inputs as they are. Permuted
    images of digits are as hard as the images for a model that does not know which pixels are
    neighbours, and have nothing in common with them.

    Args:
        task: The task whose inputs are permuted, such as `{type: digits}`.
        permutation: Number of the permutation, 0 for none. [1]

    Shapes: those of the task.

    Source: Goodfellow et al. (2013), arXiv:1312.6211, section 5 (permuted MNIST).
    Departs from it: permutes the inputs of any task.
    """

    task: Annotated[AbstractTask, Member("tasks")]
    permutation: Index = 0

    def input_size(self) -> int:
        """Returns the numbers in a sample of the task."""
        return self.task.input_size()

    def output_size(self) -> int:
        """Returns the numbers in a target of the task."""
        return self.task.output_size()

    def make(self, name: str, draws: Draws, dtype: torch.dtype) -> TaskData:
        """Makes the task's examples and permutes their inputs; what replicas share stays shared."""
        data = self.task.make(name, draws, dtype)
        if self.permutation == 0:
            return data
        order = self.order().to(draws.keys.device)
        return TaskData(permuted(data.train, order), permuted(data.test, order))

    def order(self) -> Int[Tensor, " inputs"]:
        """Draws p."""
        use = f"permuted/{self.permutation}"
        return Draws.of(0).stream(Purpose.TASK, use, self.input_size()).order()


def permuted(examples: Examples, order: Int[Tensor, " inputs"]) -> Examples:
    """Returns the examples with input `order[i]` in place i."""
    once = examples.inputs[:1] if examples.inputs.stride(0) == 0 else examples.inputs
    return replace(examples, inputs=once[:, :, order].expand_as(examples.inputs))
