"""Height: Fan, Li, Xiong and Zeng (2023), arXiv:2305.07037. Links inside a layer fold the line."""

from typing import Literal

import numpy as np
import pytest
import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.models.intralinked import Intralinked
from netware.models.multilayer import Multilayer


GRID = torch.arange(-2 * 2**12, 2 * 2**12 + 1, dtype=torch.float64) / 2**12


# --- HGT-1: pre_1 = x, f_j = |pre_j| = 2 relu(pre_j) - pre_j, pre_{j+1} = f_j - 2^{-(j-1)}. Every
# pre_j is affine in x and g_1 .. g_{j-1}, so H neurons of one layer fold the line H times. The
# read-out f_H also needs x itself, which a second group carries as relu(x + 2) - 2 on [-2, 2].


def folding(height: int, links: Literal["dense", "chain"] = "dense") -> tuple[Intralinked, dict]:
    model = Intralinked(1, 1, (2 * height,), height, links)
    weights = {
        name: torch.zeros(1, *shape).double() for name, shape in model.weight_shapes().items()
    }
    slope, shift, heard = 1.0, 0.0, np.zeros(height)
    c = weights.get("c1")
    for place in range(height):
        weights["w1"][0, 0, place], weights["b1"][0, place] = slope, shift
        for before in range(place):
            if c is not None:
                c[0, 0, place * (place - 1) // 2 + before] = heard[before]
        if place < height - 1:
            slope, shift, heard = -slope, -shift - 2.0**-place, -heard
            heard[place] = 2.0
    weights["w1"][0, 0, height], weights["b1"][0, height] = 1.0, 2.0
    weights["w2"][0, :height, 0] = torch.from_numpy(-heard)
    weights["w2"][0, height - 1, 0] = 2.0
    weights["w2"][0, height, 0], weights["b2"][0, 0] = -slope, -shift + 2 * slope
    return model, weights


def breakpoints(y: Tensor) -> int:
    """Counts the points of the grid where the slope changes; the function breaks on the grid."""
    return int((y.diff().diff().abs() > 1e-7).sum())


@pytest.mark.t0
@pytest.mark.parametrize("height", range(1, 7))
def test_hgt_1_one_layer_of_h_linked_neurons_has_2_to_the_h_minus_1_breakpoints(
    height: int,
) -> None:
    model, weights = folding(height)
    y = model.forward(weights, GRID[None, :, None], {})[0, :, 0]
    step = 2.0 ** (2 - height)
    sawtooth = (torch.remainder(GRID / step, 2) - 1).abs() * step if height > 1 else GRID.abs()
    assert (y - sawtooth).abs().max() <= 1e-5
    assert breakpoints(y) == 2**height - 1
    single = {name: w.float() for name, w in weights.items()}
    assert (model.forward(single, GRID[None, :, None].float(), {})[0, :, 0] - y).abs().max() <= 1e-5
    # The control: the same neurons without links, w + 1 pieces at the most.
    unlinked = weights | ({"c1": weights["c1"] * 0} if height > 1 else {})
    assert breakpoints(model.forward(unlinked, GRID[None, :, None], {})[0, :, 0]) <= height


# --- HGT-2: random networks of one input. A breakpoint is where a neuron begins or ends to fire;
# changes between neighbours of a grid over the whole line (x = tan u) never count too many.


def breaks(model: Intralinked, seed: int, links: float = 1.0, agents: int = 2000) -> Tensor:
    """Returns how often neurons of a layer begin or end to fire, for agents of normal weights."""
    generator = torch.Generator().manual_seed(seed)
    weights = {
        name: torch.randn(agents, *shape, generator=generator) * (links if name == "c1" else 1.0)
        for name, shape in model.weight_shapes().items()
    }
    u = torch.linspace(-1, 1, 1001)[1:-1] * torch.pi / 2
    g = model.trace(weights, torch.tan(u)[None, :, None].expand(agents, -1, 1), {})["hidden1"]
    return ((g > 0).int().diff(dim=1) != 0).sum((1, 2))


@pytest.mark.t1
@pytest.mark.parametrize("seed", [1, 2])
def test_hgt_2_random_networks_keep_the_bound(seed: int) -> None:
    for height in (2, 3, 4):
        dense = breaks(Intralinked(1, 1, (2 * height,), height, "dense"), seed)
        assert dense.max() <= 2 * (2**height - 1)
        assert dense.max() > 2 * height
    # A chain of three reaches 6, not 7.
    assert breaks(Intralinked(1, 1, (3,), 3, "chain"), seed).max() <= 6
    assert breaks(Intralinked(1, 1, (6,), 3, "chain"), seed).max() <= 12
    # The control: without links a layer never exceeds its width.
    assert breaks(Intralinked(1, 1, (6,), 1), seed).max() == 6


@pytest.mark.t1
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("links", [1.0, 3.0])
def test_hgt_2_a_linked_pair_breaks_three_times_as_often_as_it_must(
    seed: int, links: float
) -> None:
    # The second neuron crosses 0 on both sides of the first one's break x0 if its slopes w2 and
    # w2 + c w1 differ in sign and its value at x0 has the right one of two signs, equally likely.
    # w1 / w2 is Cauchy, so P = 1/4 P(|c w1| > |w2|) = E[atan |c|] / (2 pi).
    z = torch.linspace(-8, 8, 16001, dtype=torch.float64)
    density = torch.exp(-(z**2) / 2) / (2 * torch.pi) ** 0.5
    wanted = torch.trapezoid(torch.atan(links * z.abs()) * density, z).item() / (2 * torch.pi)
    pairs = breaks(Intralinked(1, 1, (2,), 2), seed, links)
    assert pairs.max() == 3
    # Four standard errors of a share of 2000, and a hundredth for pairs closer than the grid.
    error = 4 * (wanted * (1 - wanted) / 2000) ** 0.5
    share = (pairs == 3).double().mean().item()
    assert abs(share - wanted) <= error + 0.01
    assert share >= 0.10 or links < 3


# --- HGT-3


@pytest.mark.t0
@pytest.mark.parametrize("links", ["dense", "chain"])
@pytest.mark.parametrize("seed", range(3))
def test_hgt_3_without_links_it_is_the_multilayer_network_bit_by_bit(
    links: Literal["dense", "chain"], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    height = int(rng.integers(2, 6))
    widths = tuple(height * int(groups) for groups in rng.integers(1, 5, 3))
    model = Intralinked(4, 3, widths, height, links, 1.0)
    plain = Multilayer(4, 3, widths)
    per_unit = (height - 1) / 2 if links == "dense" else (height - 1) / height
    grown = sum(width * per_unit for width in widths)
    assert model.parameter_count() - plain.parameter_count() == round(grown)
    for dtype in (torch.float32, torch.float64):
        weights = model.init(Draws.of(seed).stream(Purpose.WEIGHTS, "p", 8), dtype)
        off = {name: w * 0 if name[0] == "c" else w for name, w in weights.items()}
        for samples in (1, 12):
            generator = torch.Generator().manual_seed(seed)
            x = torch.randn(8, samples, 4, generator=generator, dtype=dtype)
            assert torch.equal(model.forward(off, x, {}), plain.forward(weights, x, {}))
            # The control: with links it is another function.
            assert not torch.equal(model.forward(weights, x, {}), plain.forward(weights, x, {}))
