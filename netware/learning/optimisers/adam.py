"""Adam: a step of the size of the rate, along the mean gradient over its root mean square."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor
from torch.optim.adam import adam

from netware.learning.optimisers.base import AbstractOptimiser
from netware.parameters import NonNegative, Positive, Staying
from netware.varying.base import Varying


@dataclass(frozen=True)
class Adam(AbstractOptimiser):
    """Moves each weight by its mean gradient over the root of its mean square.

    g' = g + weight_decay w,   m <- beta1 m + (1 - beta1) g',   v <- beta2 v + (1 - beta2) g'^2,
    w <- w - rate m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps)

    Args:
        rate: Learning rate, the eta of the literature; about the largest step. [1]
        beta1: Share of the first moment m that stays. [1]
        beta2: Share of the second moment v that stays. [1]
        eps: Added to the root of the second moment. [1]
        weight_decay: Share of each weight that is added to its gradient. [1]

    Source: Kingma and Ba (2015), arXiv:1412.6980, algorithm 1.
    Departs from it: the decay of weights is PyTorch's.
    """

    rate: Varying[NonNegative] = 1e-3
    beta1: Staying = 0.9
    beta2: Staying = 0.999
    eps: Positive = 1e-8
    weight_decay: NonNegative = 0.0

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
        adam(
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
        """Returns slopes with the decay of weights in them."""
        if not self.weight_decay:
            return slopes
        pairs = zip(slopes, leaves, strict=True)
        return [slope.add(leaf, alpha=self.weight_decay) for slope, leaf in pairs]
