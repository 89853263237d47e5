"""Numbers that probes reckon with: real ones of any column, whole ones of a share."""

from math import ceil, floor

from jaxtyping import Shaped
from torch import Tensor


SLACK = 1e-12
"""A share of a number counts as reached within this part of it: 0.07 of 100 is 7, although
0.07 * 100 > 7 in floating point. Shares that differ by less are the same share."""


def real(values: Shaped[Tensor, "..."]) -> Shaped[Tensor, "..."]:
    """Returns a column as real numbers: as it is, or whole ones and yes or no in float64."""
    return values if values.is_floating_point() else values.double()


def at_least(share: float, many: int) -> int:
    """Returns the smallest whole number that is no less than a share of `many`."""
    return ceil(share * many * (1 - SLACK))


def at_most(share: float, many: int) -> int:
    """Returns the largest whole number that is no more than a share of `many`."""
    return floor(share * many * (1 + SLACK))
