"""URN: Golkar (2019), arXiv:1911.11691. Any network can be embedded in one recursion, and training
with a price on weights and activity makes one emerge.
"""

import numpy as np
import pytest
import torch
from torch import Tensor

from netware.models.urn import Urn


def random(generator: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


# --- URN-1: equation 1. Depth and widths are drawn.


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(8))
def test_urn_1_a_multilayer_network_packed_into_w_computes_the_same(seed: int) -> None:
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    depth = int(rng.integers(2, 5))
    widths = [int(width) for width in rng.integers(2, 9, depth + 1)]
    first = np.cumsum([0, *widths])
    model = Urn(widths[0], widths[-1], int(first[-1]), depth)
    w = torch.zeros(5, model.neurons, model.neurons, dtype=torch.float64)
    b = torch.zeros(5, model.neurons, dtype=torch.float64)
    x = random(generator, 5, 20, widths[0])
    h = x
    for layer in range(depth):
        block, shift = random(generator, 5, *widths[layer : layer + 2]), random(generator, 5)
        bias = shift[:, None].expand(-1, widths[layer + 1])
        h = torch.relu(h @ block + bias[:, None])
        into = slice(first[layer + 1], first[layer + 2])
        w[:, first[layer] : first[layer + 1], into], b[:, into] = block, bias
    assert h.abs().max() > 0.1
    for dtype in (torch.float32, torch.float64):
        weights = {"w": w.to(dtype), "b": b.to(dtype)}
        y = model.forward(weights, x.to(dtype), {})
        assert (y - h).abs().max() <= 1e-5 * max(1.0, h.abs().max().item())
    # The control: senders as columns, the paper's W without the transposition.
    turned = model.forward({"w": w.transpose(1, 2), "b": b}, x, {})
    assert (turned - h).abs().max() > 0.1


# --- URN-2: the symmetries of equations 3 and 9.


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(4))
def test_urn_2_hidden_neurons_may_be_permuted(seed: int) -> None:
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    model = Urn(4, 3, 30, 4, ("none", "output", "input", "none")[seed])
    w, b = random(generator, 6, 30, 30) * 0.3, random(generator, 6, 30)
    x = random(generator, 6, 10, 4)
    hidden = torch.from_numpy(4 + rng.permutation(23))
    order = torch.cat([torch.arange(4), hidden, torch.arange(27, 30)])
    y = model.forward({"w": w, "b": b}, x, {})
    permuted = model.forward({"w": w[:, order][:, :, order], "b": b[:, order]}, x, {})
    assert (permuted - y).abs().max() <= 1e-6 * max(1.0, y.abs().max().item())
    # The control: columns alone are no symmetry.
    broken = model.forward({"w": w[:, :, order], "b": b[:, order]}, x, {})
    assert (broken - y).abs().max() > 1e-2


@pytest.mark.t0
@pytest.mark.parametrize(("seed", "beta", "gamma"), [(0, 1.0, 1.0), (1, 2.5, 1.0), (2, 0.5, 2.0)])
def test_urn_2_synaptic_length_keeps_a_quarter_turn_and_no_random_permutation(
    seed: int, beta: float, gamma: float
) -> None:
    generator = torch.Generator().manual_seed(seed)
    model = Urn(25, 1, 100, 4, cube=(5, 5, 4), beta=beta, gamma=gamma)
    w = random(generator, 3, 100, 100)
    site = model.sites(w)
    place = {tuple(one): neuron for neuron, one in enumerate(site.tolist())}
    turned = torch.tensor([place[(4 - y, x, z)] for x, y, z in site.tolist()])
    assert not torch.equal(turned, torch.arange(100))

    def length(order: Tensor) -> Tensor:
        weights = {"w": w[:, order][:, :, order], "b": torch.zeros(3, 100, dtype=torch.float64)}
        return model.synaptic_length(weights)

    same = length(torch.arange(100))
    assert torch.allclose(length(turned), same, rtol=1e-9, atol=0)
    other = length(torch.randperm(100, generator=generator))
    assert ((other - same).abs() / same).min() > 1e-4


# --- URN-9: equation 7.


@pytest.mark.t0
def test_urn_9_only_residual_inputs_are_kept_without_weights() -> None:
    x = random(torch.Generator().manual_seed(3), 4, 7, 5)
    weights = {
        "w": torch.zeros(4, 20, 20, dtype=torch.float64),
        "b": torch.zeros(4, 20, dtype=torch.float64),
    }
    fed = Urn(5, 2, 20, 4, "input").trace(weights, x, {})
    plain = Urn(5, 2, 20, 4).trace(weights, x, {})
    for iteration in range(1, 5):
        assert torch.equal(fed[f"iteration{iteration}"][..., :5], x)
        assert fed[f"iteration{iteration}"][..., 5:].abs().max() == 0
        assert plain[f"iteration{iteration}"].abs().max() == 0
