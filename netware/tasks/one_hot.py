"""One-hot: inputs that are known by their number alone."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import one_hot

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.parameters import Index
from netware.tasks.base import AbstractTask, Examples, Goal, TaskData, shared


MOST_CLASSES = 4096
Labels = Annotated[tuple[Index, ...], Field(min_length=1, max_length=MOST_CLASSES)]


@dataclass(frozen=True)
class OneHot(AbstractTask):
    """Gives the number of an input, one-hot, and asks for its class.

    x_n = e_n,   t_n = e_{labels_n},   n = 1 .. N

    What an input is stands in the model, such as the features that a `neurashed` fires for it.

    Args:
        labels: Class of each input, classes counted from 0. [1]

    Shapes: inputs `(replicas, N, N)`, targets `(replicas, N, classes)` one-hot; all replicas share
    one copy, and what is tested is what was learnt.

    Source: Su (2024), arXiv:2112.09741, appendix, for the eight inputs of figure 5.
    Departs from it: nothing.
    """

    labels: Labels

    goal: ClassVar[Goal] = "classes"

    def __post_init__(self):
        """Refuses classes that no input has, more of them than could be meant."""
        if max(self.labels) >= MOST_CLASSES:
            raise ScenarioError(
                "labels",
                found=f"class {max(self.labels)}",
                expected=f"classes of 0 to {MOST_CLASSES - 1}",
                fix="count classes from 0",
            )

    def input_size(self) -> int:
        """Returns the number of inputs."""
        return len(self.labels)

    def output_size(self) -> int:
        """Returns the number of classes."""
        return max(self.labels) + 1

    def make(self, name: str, draws: Draws, dtype: torch.dtype) -> TaskData:
        """Makes the inputs, which all replicas share."""
        device, replicas = draws.keys.device, len(draws.keys)
        labels = torch.tensor(self.labels, device=device)
        x: Tensor = torch.eye(len(labels), dtype=dtype, device=device)
        t = one_hot(labels, self.output_size()).to(dtype)
        examples = Examples(shared(x, replicas), shared(t, replicas), self.goal)
        return TaskData(train=examples, test=examples)
