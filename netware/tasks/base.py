"""The contract of a task, and the examples it gives."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from netware.draws import Draws


Goal = Literal["classes", "numbers", "patterns"]


@dataclass(frozen=True)
class Examples:
    """Inputs and targets, one set per replica (a shared set is expanded, it takes no memory).

    Args:
        inputs: What agents are shown.
        targets: What they should answer: numbers, one-hot classes, or the pattern itself.
        goal: `classes` (targets are one-hot), `numbers` or `patterns`.
        head: Which of the `heads` answers, the first being 0. [1]
        heads: Equal parts of an agent's outputs, one of which answers this task. [1]
    """

    inputs: Float[Tensor, "replicas samples inputs"]
    targets: Float[Tensor, "replicas samples outputs"]
    goal: Goal
    head: int = 0
    heads: int = 1

    def asked(self, outputs: Tensor) -> Tensor:
        """Returns the outputs that answer this task: all, or those of its head."""
        size = self.targets.shape[-1]
        return outputs[..., self.head * size : (self.head + 1) * size]

    def of(self, replica: Tensor) -> "Examples":
        """Returns the examples of each agent `[agents, samples, ...]`, a view if all are shared."""
        shared = self.inputs.stride(0) == 0 and self.targets.stride(0) == 0
        if shared or len(self.inputs) == 1:
            agents = len(replica)
            return replace(
                self,
                inputs=self.inputs[:1].expand(agents, -1, -1),
                targets=self.targets[:1].expand(agents, -1, -1),
            )
        return replace(self, inputs=self.inputs[replica], targets=self.targets[replica])

    def rows(self, chosen: Tensor) -> "Examples":
        """Returns the chosen samples: one list `[rows]` for all, or a list per replica."""
        if chosen.dim() == 1:
            return replace(self, inputs=self.inputs[:, chosen], targets=self.targets[:, chosen])
        every = torch.arange(len(chosen), device=chosen.device)[:, None]
        return replace(self, inputs=self.inputs[every, chosen], targets=self.targets[every, chosen])

    def samples_last(self) -> "Examples":
        """Returns the same examples, in memory as [replicas, features, samples].

        That is the order in which `affine` is fast; `of` keeps it, `rows` does not.
        """

        def turned(values: Tensor) -> Tensor:
            once = values[:1] if values.stride(0) == 0 else values
            return once.transpose(1, 2).contiguous().transpose(1, 2).expand_as(values)

        return replace(self, inputs=turned(self.inputs), targets=turned(self.targets))


@dataclass(frozen=True)
class TaskData:
    """What a task holds once it is made: examples to learn from and examples to be tested on."""

    train: Examples
    test: Examples


class AbstractTask(ABC):
    """Where agents get inputs and targets from.

    A task is a frozen dataclass whose fields are its YAML parameters. What it draws, it draws per
    replica from the stream of its own name, so that replica r has the data of a single run.
    """

    goal: ClassVar[Goal]

    @abstractmethod
    def input_size(self) -> int:
        """Returns how many numbers one sample has."""

    @abstractmethod
    def output_size(self) -> int:
        """Returns how many numbers one target has."""

    @abstractmethod
    def make(self, name: str, draws: Draws, dtype: torch.dtype) -> TaskData:
        """Makes the examples of every replica, on the device of `draws`."""


def shared(values: Tensor, replicas: int) -> Tensor:
    """Gives every replica the same examples without copying them."""
    return values[None].expand(replicas, *values.shape)


Tasks = Mapping[str, TaskData]
