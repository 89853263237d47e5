"""Information that a noisy activity carries: exact for mixtures of Gaussians, but for sampling."""

from math import log

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def information(
    places: Float[Tensor, "agents samples units"],
    alike: Bool[Tensor, "agents samples samples"],
    noise: Float[Tensor, "agents draws samples units"],
    sigma: float,
) -> tuple[Float[Tensor, " agents"], Float[Tensor, " agents"]]:
    """Returns I(T; X) and I(T; Y) in bits, of T = places(X) + sigma noise, X one of the samples.

    p(t) = 1/N sum_x' N(t; T_x', sigma^2),   I(T; X) = E ln p(t | x) - ln p(t),
    I(T; Y) = E ln p(t | y) - ln p(t), where p(t | y) is the mixture over the samples of a label.

    With t = T_x + sigma z, ln p(t | x') - ln p(t | x) = -|d|^2 / (2 sigma^2) - z . d / sigma,
    d = T_x - T_x', so that what the densities have in common never arises.

    Args:
        places: Where each sample puts the activity.
        alike: Which samples have the same label.
        noise: Standard normal numbers z.
        sigma: Standard deviation of the noise. [activity]
    """
    apart = (places[:, :, None] - places[:, None]).square().sum(3)
    along = torch.einsum("adxu,ayu->adxy", noise, places)
    own = along.diagonal(dim1=2, dim2=3)[..., None]
    exponent = -apart[:, None] / (2 * sigma**2) - (own - along) / sigma
    whole = exponent.logsumexp(3) - log(places.shape[1])
    labelled = exponent.masked_fill(~alike[:, None], -torch.inf).logsumexp(3)
    labelled = labelled - alike.sum(2).double().log()[:, None]
    return -whole.mean((1, 2)) / log(2), (labelled - whole).mean((1, 2)) / log(2)
