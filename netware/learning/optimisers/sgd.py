"""Stochastic gradient descent, with or without momentum."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor
from torch.optim.sgd import sgd

from netware.learning.optimisers.base import AbstractOptimiser
from netware.parameters import NonNegative, Staying
from netware.varying.base import Varying


@dataclass(frozen=True)
class Sgd(AbstractOptimiser):
    """Moves each weight against its gradient, and on as it moved before.

    m <- momentum m + g + weight_decay w,   w <- w - rate m

    Args:
        rate: Learning rate, the eta of the literature. [1]
        momentum: Share of the last update that stays; 0 for plain descent. [1]
        weight_decay: Share of each weight that is added to its gradient. [1]

    Source: Robbins and Monro (1951), Ann. Math. Stat. 22, 400, doi:10.1214/aoms/1177729586;
    momentum: Polyak (1964), USSR Comput. Math. Math. Phys. 4, 1, doi:10.1016/0041-5553(64)90137-5.
    Departs from it: momentum as PyTorch has it, with the rate outside m.
    """

    rate: Varying[NonNegative] = 1e-3
    momentum: Staying = 0.0
    weight_decay: NonNegative = 0.0

    def moments(self) -> tuple[str, ...]:
        """Names the moment m, if there is momentum."""
        return ("first",) if self.momentum else ()

    def move(
        self,
        leaves: list[Tensor],
        slopes: list[Tensor],
        moments: Mapping[str, list[Tensor]],
        updates: list[Tensor],
    ) -> None:
        """Moves all leaves in one fused kernel."""
        sgd(
            leaves,
            slopes,
            list(moments.get("first", [None] * len(leaves))),
            fused=True,
            weight_decay=self.weight_decay,
            momentum=self.momentum,
            lr=self.number(),
            dampening=0.0,
            nesterov=False,
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
