"""Schedule: how much noise a diffusion has added at each of its levels."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor


Variance = Literal["beta", "posterior"]


@dataclass(frozen=True)
class Tables:
    """What a level t = 0 .. T means, in float64; level 0 is the data.

    Args:
        beta: Variance that the step to t adds; 0 at level 0. [1]
        log_alpha_bar: log abar_t, abar_t = prod_{s <= t} (1 - beta_s); 0 at level 0. [1]
        posterior: Variance of x_{t-1} given x_t and x_0; 0 at levels 0 and 1. [1]
    """

    beta: Float[Tensor, " levels"]
    log_alpha_bar: Float[Tensor, " levels"]
    posterior: Float[Tensor, " levels"]


@dataclass(frozen=True)
class DiffusionSchedule:
    """Says how a sample and noise are mixed at each level, and how to go up and down.

    beta_t rises evenly from beta_first to beta_last over t = 1 .. T,
    x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps,   abar_t = prod_{s <= t} (1 - beta_s)

    Args:
        levels: T. [1]
        beta_first: beta_1. [1]
        beta_last: beta_T. [1]

    Source: Ho, Jain and Abbeel (2020), Adv. Neural Inf. Process. Syst. 33, arXiv:2006.11239.
    Departs from it: nothing.
    """

    levels: int = 1000
    beta_first: float = 1e-4
    beta_last: float = 0.02

    @cached_property
    def placed(self) -> dict[torch.device, Tables]:
        """Keeps the tables of each device, so that no step copies them again."""
        return {}

    def tables(self, device: torch.device) -> Tables:
        """Returns the tables on a device."""
        if device not in self.placed:
            rising = torch.linspace(
                self.beta_first, self.beta_last, self.levels, dtype=torch.float64
            )
            beta = torch.cat([rising.new_zeros(1), rising])
            total = torch.log1p(-beta).cumsum(0)
            before = torch.cat([total[:1], total[:-1]])
            posterior = beta * torch.expm1(before) / torch.expm1(total)
            posterior[0] = 0
            tables = (one.to(device) for one in (beta, total, posterior))
            self.placed[device] = Tables(*tables)
        return self.placed[device]

    def bounded(self, level: Tensor) -> Int[Tensor, "..."]:
        """Returns levels as whole numbers 0 .. T."""
        return level.long().clamp(0, self.levels)

    def marginal(
        self, level: Int[Tensor, "..."], dtype: torch.dtype
    ) -> tuple[Float[Tensor, "..."], Float[Tensor, "..."]]:
        """Returns sqrt(abar_t) and sqrt(1 - abar_t): the shares of sample and noise."""
        total = self.tables(level.device).log_alpha_bar[level]
        return (total / 2).exp().to(dtype), (-torch.expm1(total)).sqrt().to(dtype)

    def upward(
        self, level: Int[Tensor, "..."], to: Int[Tensor, "..."], dtype: torch.dtype
    ) -> tuple[Float[Tensor, "..."], Float[Tensor, "..."]]:
        """Returns c and s with x_u = c x_t + s z: all steps from level t to level u in one."""
        total = self.tables(level.device).log_alpha_bar
        passed = total[to] - total[level]
        return (passed / 2).exp().to(dtype), (-torch.expm1(passed)).sqrt().to(dtype)

    def downward(
        self, level: Int[Tensor, "..."], variance: Variance, dtype: torch.dtype
    ) -> tuple[Float[Tensor, "..."], Float[Tensor, "..."], Float[Tensor, "..."]]:
        """Returns c, e and s with x_{t-1} = c x_t - e eps_hat + s z; 1, 0 and 0 at level 0.

        c = 1 / sqrt(alpha_t), e = beta_t / sqrt(alpha_t (1 - abar_t)); s^2 is beta_t, or the
        posterior variance, and 0 at level 1.
        """
        tables = self.tables(level.device)
        beta, total = tables.beta[level], tables.log_alpha_bar[level]
        scale = (1 - beta).rsqrt()
        share = torch.where(level > 0, scale * beta * (-torch.expm1(total)).rsqrt(), 0.0)
        spread = beta if variance == "beta" else tables.posterior[level]
        spread = torch.where(level > 1, spread, 0.0).sqrt()
        return scale.to(dtype), share.to(dtype), spread.to(dtype)
