"""Sizes of avalanches: the exponent of a power law that is cut off on both sides."""

import torch
from jaxtyping import Int, Real
from torch import Tensor


LOW, HIGH, HALVINGS = -5.0, 20.0, 60


def exponent(
    counts: Int[Tensor, "*replicas sizes"], smallest: int, largest: int
) -> Real[Tensor, "*replicas"]:
    """Returns the exponent tau of P(s) ~ s^-tau that makes the counts most likely, in float64.

    `counts[..., i]` is how many avalanches had size i + 1; those from `smallest` to `largest` are
    looked at, and P is normalised over these sizes alone. There the mean of log s under P is that
    of the avalanches; it falls with tau, so tau is found by halving. Not a number where there are
    no two sizes.

    Source: Clauset, Shalizi and Newman (2009), SIAM Rev. 51, 661, doi:10.1137/070710111, their
    likelihood of discrete sizes, cut off at `largest` too.
    """
    here = counts[..., smallest - 1 : largest].double()
    log_size = torch.arange(smallest, smallest + here.shape[-1], device=here.device).double().log()
    number = here.sum(-1)
    wanted = (here * log_size).sum(-1) / number
    low, high = torch.full_like(wanted, LOW), torch.full_like(wanted, HIGH)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        weight = (-middle[..., None] * log_size).softmax(-1)
        above = (weight * log_size).sum(-1) > wanted
        low, high = torch.where(above, middle, low), torch.where(above, high, middle)
    several = (here > 0).sum(-1) > 1
    return torch.where(several, (low + high) / 2, float("nan"))
