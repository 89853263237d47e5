"""Geometry of neurons: sites on a lattice, distances between them, lengths of synapses.

Source: Golkar (2019), arXiv:1911.11691, equations 8 and 9, and section 3 for the lattice.
Departs from it: the sum runs over all ordered pairs, since W is directed.
"""

import torch
from jaxtyping import Float
from torch import Tensor


BLOCK = 1 << 22


def sites(cube: tuple[int, int, int], outputs: int, like: Tensor) -> Float[Tensor, "neurons 3"]:
    """Returns the site (x, y, z) of each neuron of a full lattice, in steps of the lattice.

    Plane after plane from z = 0, each row by row (y, then x), so that an image of the plane's
    size lies on the first neurons as it is. The `outputs` sites of the last plane that are nearest
    to its centre (of equally near ones the first) come at the end, in that order of the plane.
    """
    width, depth, height = cube
    planes, lines, places = (
        torch.arange(size, dtype=like.dtype, device=like.device) for size in (height, depth, width)
    )
    z, y, x = torch.meshgrid(planes, lines, places, indexing="ij")
    site = torch.stack([x, y, z], -1).view(-1, 3)
    below, last = site[: -width * depth], site[-width * depth :]
    centre = torch.tensor([(width - 1) / 2, (depth - 1) / 2], dtype=like.dtype, device=like.device)
    far = (last[:, :2] - centre).square().sum(1)
    nearest = torch.argsort(far, stable=True)
    hidden, central = nearest[outputs:].sort().values, nearest[:outputs].sort().values
    return torch.cat([below, last[hidden], last[central]])


def distances(
    a: Float[Tensor, "senders 3"], b: Float[Tensor, "receivers 3"], beta: float
) -> Float[Tensor, "senders receivers"]:
    """Returns d with d^2 = dx^2 + dy^2 + beta dz^2."""
    scale = torch.tensor([1.0, 1.0, beta**0.5], dtype=a.dtype, device=a.device)
    return ((a * scale)[:, None] - (b * scale)[None]).square().sum(-1).sqrt()


def synaptic_length(
    w: Float[Tensor, "agents neurons neurons"],
    site: Float[Tensor, "neurons 3"],
    beta: float,
    gamma: float,
) -> Float[Tensor, " agents"]:
    """Returns sum_ij |W_ij| d_ij^gamma over all pairs i != j, a block of senders at a time."""
    rows = max(1, BLOCK // len(site))
    total = w.new_zeros(len(w))
    for start in range(0, len(site), rows):
        d = distances(site[start : start + rows], site, beta)
        # 0^0 is 1: with gamma 0 a neuron's synapse onto itself would count, so it is cut out.
        price = torch.where(d > 0, d**gamma, torch.zeros_like(d))
        total = total + (w[:, start : start + rows].abs() * price).sum((1, 2))
    return total
