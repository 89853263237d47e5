"""Digits: the handwritten digits that scikit-learn brings along, offline."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import torch
from pydantic import Field
from sklearn.datasets import load_digits
from torch import Tensor
from torch.nn.functional import interpolate, one_hot

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.tasks.base import AbstractTask, Examples, Goal, TaskData, shared


SIDE = 8
BRIGHTEST = 16
DIGITS = tuple(range(10))
Digit = Annotated[int, Field(ge=0, le=9)]


@dataclass(frozen=True)
class Digits(AbstractTask):
    """Gives images of handwritten digits, grey or +-1, with their classes.

    unit: x = brightness / 16;   binary: x = +1 where that is at least `threshold`, else -1

    The 1797 images stand in one fixed order, drawn once and for all: it depends neither on the
    run's seed nor on the replica, so every agent of every run has the same images to learn from
    and to be tested on (draw mini-batches or noise to tell agents apart). All replicas share one
    copy.

    Args:
        size: Side of the square image, 8 to 64; 8 are the images as they are, larger ones are
            interpolated bilinearly. [pixel]
        values: `unit` (0 to 1) for networks, `binary` (-1 or +1) for memories.
        threshold: Brightness from which a binary pixel is +1. [1]
        classes: Digits to keep, all if none are given; target k is the k-th of them.
        split: Share of the images to be tested on, above 0, below 1. [1]

    Shapes: inputs `(replicas, samples, size * size)`, row by row; targets one-hot
    `(replicas, samples, classes)`.

    Source: Alpaydin and Kaynak (1998), Optical Recognition of Handwritten Digits, UCI,
    doi:10.24432/C50P49; the test part of it, as scikit-learn has it.
    Departs from it: nothing at size 8.
    """

    size: Annotated[int, Field(ge=8, le=64)] = SIDE
    values: Literal["unit", "binary"] = "unit"
    threshold: Annotated[float, Field(gt=0, le=1)] = 0.5
    classes: Annotated[tuple[Digit, ...], Field(max_length=10)] = ()
    split: Annotated[float, Field(gt=0, lt=1)] = 0.2

    goal: ClassVar[Goal] = "classes"

    def __post_init__(self):
        """Refuses a size that would lose pixels, and a digit named twice."""
        if self.size < SIDE:
            raise ScenarioError(
                "size",
                found=f"{self.size}",
                expected=f"{SIDE}, the side of the images, or more",
                fix=f"write 'size: {SIDE}'",
            )
        if len(set(self.classes)) < len(self.classes):
            raise ScenarioError(
                "classes",
                found=f"a digit twice in {list(self.classes)}",
                expected="each digit once",
                fix=f"write {sorted(set(self.classes))}",
            )

    def kept(self) -> tuple[int, ...]:
        """Returns the digits that stay."""
        return self.classes or DIGITS

    def input_size(self) -> int:
        """Returns the pixels of an image."""
        return self.size * self.size

    def output_size(self) -> int:
        """Returns the number of digits that stay."""
        return len(self.kept())

    def make(self, name: str, draws: Draws, dtype: torch.dtype) -> TaskData:
        """Cuts the images, in their fixed order, into test and training examples."""
        images, digits = load_digits(return_X_y=True)
        order = Draws.of(0).stream(Purpose.TASK, "digits", len(digits)).order()
        digit = torch.from_numpy(digits)[order]
        wanted = torch.tensor(self.kept())
        stays = (digit[:, None] == wanted).any(1)
        label = (digit[stays, None] == wanted).int().argmax(1)
        device, replicas = draws.keys.device, len(draws.keys)
        pixels = self.shown(torch.from_numpy(images)[order][stays]).to(dtype).to(device)
        target = one_hot(label, len(wanted)).to(dtype).to(device)
        tested = min(max(1, round(self.split * len(label))), len(label) - 1)
        train, test = (
            Examples(shared(pixels[part], replicas), shared(target[part], replicas), self.goal)
            for part in (slice(tested, None), slice(None, tested))
        )
        return TaskData(train, test)

    def shown(self, images: Tensor) -> Tensor:
        """Returns images `[samples, pixels]` of brightness 0 to 16 as `size` and `values` ask."""
        unit = images / BRIGHTEST
        if self.size != SIDE:
            square = unit.view(-1, 1, SIDE, SIDE)
            unit = interpolate(square, (self.size, self.size), mode="bilinear").flatten(1)
        return (unit >= self.threshold).double() * 2 - 1 if self.values == "binary" else unit
