"""AdamW: adam whose decay of weights stands beside the gradient, not in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor
from torch.optim.adamw import adamw

from netware.learning.optimisers.base import AbstractOptimiser
from netware.parameters import NonNegative, Positive, Staying
from netware.varying.base import Varying


@dataclass(frozen=True)
class Adamw(AbstractOptimiser):
    """Shrinks each weight, then moves it as adam does without a decay.

    m <- beta1 m + (1 - beta1) g,   v <- beta2 v + (1 - beta2) g^2,
    w <- (1 - rate weight_decay) w - rate m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps)

    Args:
        rate: Learning rate, the eta of the literature; about the largest step. [1]
        beta1: Share of the first moment m that stays. [1]
        beta2: Share of the second moment v that stays. [1]
        eps: Added to the root of the second moment. [1]
        weight_decay: Share of each weight, times the rate, that an update takes away. [1]

    Source: Loshchilov and Hutter (2019), arXiv:1711.05101, algorithm 2.
    Departs from it: the decay is multiplied with the rate, as PyTorch does.
    """

    rate: Varying[NonNegative] = 1e-3
    beta1: Staying = 0.9
    beta2: Staying = 0.999
    eps: Positive = 1e-8
    weight_decay: NonNegative = 0.01

    def moments(self) -> tuple[str, ...]:
        """Names the moments m and v."""
        return ("first", "second")

    def move(
        self,
        leaves: list[Tensor],
        slopes: list[Tensor],
        moments: Mapping[str, list[Tensor]],
        updates: list[Tensor],
    ) -> None:
        """Moves all leaves in one fused kernel."""
        adamw(
            leaves,
            slopes,
            exp_avgs=moments["first"],
            exp_avg_sqs=moments["second"],
            max_exp_avg_sqs=[],
            state_steps=updates,
            fused=True,
            amsgrad=False,
            beta1=self.beta1,
            beta2=self.beta2,
            lr=self.number(),
            weight_decay=self.weight_decay,
            eps=self.eps,
            maximize=False,
        )

    def decayed(
        self, leaves: list[Tensor], slopes: list[Tensor], rates: list[Tensor]
    ) -> list[Tensor]:
        """Takes the decay of each agent's weights off; leaves slopes as they are."""
        for leaf, rate in zip(leaves, rates, strict=True):
            leaf.mul_(1 - rate * self.weight_decay)
        return slopes
