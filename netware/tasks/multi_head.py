"""Multi-head: a task that a part of an agent's outputs answers, beside other tasks."""

from dataclasses import dataclass, replace
from typing import Annotated

import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.parameters import Count, Index, Member
from netware.tasks.base import AbstractTask, TaskData


@dataclass(frozen=True)
class MultiHead(AbstractTask):
    """Asks a task of one part of an agent's outputs, so that one agent may learn several.

    y_k = outputs k m .. k m + m - 1 of an agent,   k = `head`,   m = numbers in a target

    An agent that learns H tasks of m outputs each has H m outputs. Losses and accuracies see those
    of the task's own head alone: the others neither learn from its examples nor answer them.

    Args:
        task: The task that is asked.
        head: k, which of the heads answers it, the first being 0. [1]
        heads: H, heads of an agent. [1]

    Shapes: those of the task.

    Source: Golkar, Kagan and Cho (2019), arXiv:1903.04476, section 3 (a head for each task).
    Departs from it: nothing.
    """

    task: Annotated[AbstractTask, Member("tasks")]
    head: Index = 0
    heads: Count = 1

    def __post_init__(self):
        """Refuses a head beyond the last."""
        if self.head >= self.heads:
            raise ScenarioError(
                "head",
                found=f"head {self.head} of {self.heads}, the first being 0",
                expected=f"0 to {self.heads - 1}",
                fix=f"write 'heads: {self.head + 1}' or more",
            )

    def input_size(self) -> int:
        """Returns the numbers in a sample of the task."""
        return self.task.input_size()

    def output_size(self) -> int:
        """Returns the numbers in a target of the task."""
        return self.task.output_size()

    def make(self, name: str, draws: Draws, dtype: torch.dtype) -> TaskData:
        """Makes the task's examples, which say what answers them."""
        data = self.task.make(name, draws, dtype)
        train, test = (
            replace(part, head=self.head, heads=self.heads) for part in (data.train, data.test)
        )
        return TaskData(train, test)
