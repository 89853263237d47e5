"""What learning rules lower and probes report: losses, and which answers are right."""

from typing import Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from netware.errors import ShapeError
from netware.population import Population
from netware.tasks.base import Examples, Goal


Loss = Literal["auto", "mse", "cross_entropy"]


def resolved(loss: Loss, goal: Goal) -> Loss:
    """Returns the loss that `auto` means: cross entropy for classes, else mean squared error."""
    if loss != "auto":
        return loss
    return "cross_entropy" if goal == "classes" else "mse"


def losses(
    outputs: Float[Tensor, "agents samples outputs"],
    targets: Float[Tensor, "agents samples outputs"],
    loss: Loss,
) -> Float[Tensor, " agents"]:
    """Returns the loss of each agent, averaged over its samples.

    mse: mean over samples and outputs of (y - t)^2, as torch.nn.MSELoss;
    cross_entropy: mean over samples of -sum_k t_k log softmax(y)_k, as torch.nn.CrossEntropyLoss.
    """
    if loss == "mse":
        return (outputs - targets).square().mean((1, 2))
    # Samples last: the order of memory that `affine` leaves, in which softmax is 10 times faster.
    surprise = -outputs.transpose(1, 2).log_softmax(1)
    return (surprise * targets.transpose(1, 2)).sum((1, 2)) / outputs.shape[1]


def right(
    outputs: Float[Tensor, "agents samples outputs"],
    targets: Float[Tensor, "agents samples outputs"],
    goal: Goal,
) -> Bool[Tensor, "agents samples"]:
    """Tells which answers are right.

    classes: the largest output is the target's class; numbers: every output rounds to its target
    (a half to the even number); patterns: every output has the sign of its target.
    """
    if goal == "classes":
        return outputs.argmax(-1) == targets.argmax(-1)
    if goal == "numbers":
        return (outputs.round() == targets).all(-1)
    return ((outputs > 0) == (targets > 0)).all(-1)


def verdict(
    outputs: Float[Tensor, "replicas agents samples outputs"], goal: Goal
) -> Float[Tensor, "replicas samples outputs"]:
    """Returns what the agents of a replica answer together.

    classes: the number of votes for each class (a tie goes to the first); else the mean answer.
    """
    if goal != "classes":
        return outputs.mean(1)
    choice = outputs.argmax(-1).transpose(1, 2)
    none = outputs.new_zeros(*choice.shape[:2], outputs.shape[-1])
    return none.scatter_add(2, choice, torch.ones_like(choice, dtype=outputs.dtype))


def must_fit(where: str, population: Population, examples: Examples) -> None:
    """Refuses examples that the population's model cannot read or answer."""
    model = population.wrapped()
    shown, asked = examples.inputs.shape[-1], examples.heads * examples.targets.shape[-1]
    read, answered = model.input_size(), model.output_size()
    if (shown, asked) != (read, answered):
        raise ShapeError(
            where,
            found=f"samples of {shown} numbers with targets of {asked}, for agents of "
            f"'{population.name}' that read {read} and answer {answered}",
            expected=f"{read} = {shown} and {answered} = {asked}",
            fix=f"give the model of populations.{population.name} {shown} inputs and {asked} "
            "outputs, or learn something else",
        )
