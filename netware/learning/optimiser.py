"""Optimisers of PyTorch, whose moments are columns with agents first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.optim.adam import adam
from torch.optim.sgd import sgd

from netware.learning.learner import Learner, kept
from netware.population import Population


@dataclass(frozen=True)
class Optimiser:
    """One of PyTorch's optimisers, its arguments as PyTorch means them.

    Args:
        kind: `adam` or `sgd`.
        rate: Learning rate.
        betas: Shares of the first and the second moment that stay, of adam. [1]
        eps: Added to the root of the second moment, of adam.
        momentum: Share of the last update that stays, of sgd. [1]
        weight_decay: Share of the value itself in the gradient. [1]
    """

    kind: Literal["adam", "sgd"]
    rate: float
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    momentum: float = 0.0
    weight_decay: float = 0.0

    def moments(self) -> tuple[str, ...]:
        """Names the moments that it keeps."""
        if self.kind == "adam":
            return ("first", "second")
        return ("first",) if self.momentum else ()

    def with_columns(self, population: Population, rule: str, leaves: Iterable[str]) -> Population:
        """Returns the population with the columns of state that learning keeps, zeros if new."""
        values = {**population.state, **population.weights}
        columns = {
            f"{rule}.{moment}.{leaf}": values[leaf].new_zeros(values[leaf].shape)
            for moment in self.moments()
            for leaf in leaves
        }
        if columns:
            zeros = torch.zeros(population.total, dtype=torch.float32, device=population.device)
            columns[f"{rule}.updates"] = zeros
        return population.with_state({**columns, **kept(population, columns)})

    def update(self, learner: "Learner", gradients: Mapping[str, Tensor]) -> None:
        """Moves the learner's own tensors once, against these gradients of its leaves.

        What is frozen is put back afterwards: momentum, and a price of weights, move a leaf even
        where its gradient is zero.
        """
        with torch.no_grad():
            self.move(learner, gradients)
            learner.restore()

    def move(self, learner: "Learner", gradients: Mapping[str, Tensor]) -> None:
        """Lets PyTorch move the leaves; its fused kernels want gradients that are dense."""
        names = list(gradients)
        leaves = [learner.leaves[name] for name in names]
        slopes = [gradients[name].contiguous() for name in names]
        moments: list[list] = [
            [learner.moments[kind][name] for name in names] for kind in self.moments()
        ]
        if self.kind == "adam":
            adam(
                leaves,
                slopes,
                exp_avgs=moments[0],
                exp_avg_sqs=moments[1],
                max_exp_avg_sqs=[],
                state_steps=[learner.updates[name] for name in names],
                fused=True,
                amsgrad=False,
                beta1=self.betas[0],
                beta2=self.betas[1],
                lr=self.rate,
                weight_decay=self.weight_decay,
                eps=self.eps,
                maximize=False,
            )
            return
        sgd(
            leaves,
            slopes,
            moments[0] if moments else [None] * len(names),
            fused=True,
            weight_decay=self.weight_decay,
            momentum=self.momentum,
            lr=self.rate,
            dampening=0.0,
            nesterov=False,
            maximize=False,
        )
