"""HYP-1: the static hypernetwork has as many parameters as the paper counts, and its kernels."""

import pytest
import torch

from netware.draws import Draws, Purpose
from netware.models.static_hypernetwork import StaticHypernetwork


def sizes(seed: int) -> tuple[int, int, int, int, int]:
    """Draws f, N_in, N_out, N_z and d."""
    chance = torch.Generator().manual_seed(seed)
    f, n_in, n_out, n_z, d = (1 + torch.randint(7, (5,), generator=chance)).tolist()
    return f, n_in, n_out, n_z, d


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(20))
def test_hyp_1_the_parameters_are_those_of_the_formula(seed):
    f, n_in, n_out, n_z, d = sizes(seed)
    model = StaticHypernetwork(n_in, n_out, f, n_z, d)
    assert model.parameter_count() == d * (n_z + 1) * n_in + f * n_out * f * (d + 1)
    weights = model.init(Draws.of(seed).stream(Purpose.WEIGHTS, "makers", 3), torch.float64)
    assert sum(values[0].numel() for values in weights.values()) == model.parameter_count()


@pytest.mark.t0
def test_hyp_1_4240_numbers_for_12544():
    model = StaticHypernetwork(16, 16, size=7, embedding=4, hidden=4)
    assert model.parameter_count() == 4240
    assert model.output_size() == (16 * 7) * (16 * 7) == 12544


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(6))
def test_hyp_1_the_kernel_is_that_of_the_formula(seed):
    f, n_in, n_out, n_z, d = sizes(100 + seed)
    model = StaticHypernetwork(n_in, n_out, f, n_z, d)
    chance = torch.Generator().manual_seed(seed)
    weights = {
        name: torch.randn(2, *shape, generator=chance, dtype=torch.float64)
        for name, shape in model.weight_shapes().items()
    }
    z = torch.randn(2, 3, n_z, generator=chance, dtype=torch.float64)
    found = model.forward(weights, z, {}).view(2, 3, n_in * f, n_out * f)
    for agent in range(2):
        w = weights["w"][agent].view(n_z, n_in, d)
        b = weights["b"][agent].view(n_in, d)
        w_out = weights["w_out"][agent].view(d, f, n_out * f)
        b_out = weights["b_out"][agent].view(f, n_out * f)
        for sample in range(3):
            blocks = []
            for i in range(n_in):
                a = [sum(w[n, i, k] * z[agent, sample, n] for n in range(n_z)) + b[i, k]
                     for k in range(d)]  # fmt: skip
                blocks.append(b_out + sum(w_out[k] * a[k] for k in range(d)))
            kernel = torch.cat(blocks)
            assert torch.allclose(found[agent, sample], kernel, rtol=1e-12, atol=1e-12)
    # Negative control: with W_out read the other way round it is another kernel.
    turned = {**weights, "w_out": weights["w_out"].flip(1)}
    assert d == 1 or not torch.allclose(model.forward(turned, z, {}).view_as(found), found)
