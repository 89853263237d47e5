import pytest
import torch

from netware.draws import Draws, Purpose
from netware.models.denoisers.base import shown
from netware.models.denoisers.denoiser import Denoiser


MODEL = Denoiser(3, (8, 5), 4)


def weights(model: Denoiser, agents: int = 2) -> dict[str, torch.Tensor]:
    return model.init(Draws.of(1).stream(Purpose.WEIGHTS, "p", agents), torch.float64)


def test_it_is_the_network_that_pytorch_s_users_would_write() -> None:
    own = weights(MODEL)
    x = torch.randn(2, 6, 3, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    level = torch.tensor([[0, 1, 10, 500, 999, 1000], [5] * 6])
    w = 10.0 ** (-4 * torch.arange(4, dtype=torch.float64) / 3)
    angle = level[..., None] * w
    for agent in range(2):
        h = torch.cat([x[agent], angle[agent].sin(), angle[agent].cos()], 1)
        h = torch.nn.functional.silu(h @ own["w1"][agent] + own["b1"][agent])
        h = torch.nn.functional.silu(h @ own["w2"][agent] + own["b2"][agent])
        y = h @ own["w3"][agent] + own["b3"][agent]
        told = MODEL.forward(own, shown(x, level), {})[agent]
        assert torch.allclose(told, y, rtol=0, atol=1e-10)


def test_shapes_and_sizes() -> None:
    assert MODEL.weight_shapes()["w1"] == (3 + 8, 8)
    assert MODEL.layers() == ("w1", "w2", "w3")
    assert (MODEL.input_size(), MODEL.output_size()) == (4, 3)


def test_the_waves_span_the_levels_whatever_their_number() -> None:
    """Half way up is told by the same waves, and no two levels by the same."""
    like = torch.zeros(1, dtype=torch.float64)
    long, short = Denoiser(levels=1000).waves(like), Denoiser(levels=100).waves(like)
    assert torch.allclose(long[500], short[50])
    assert float(torch.pdist(short).min()) > 0.05


def test_it_learns_one_number_by_one_gradient() -> None:
    own = {name: w.requires_grad_() for name, w in weights(MODEL).items()}
    x = shown(torch.ones(2, 4, 3, dtype=torch.float64), torch.full((2, 4), 7))
    loss = MODEL.forward(own, x, {})[0].square().sum()
    (slope,) = torch.autograd.grad(loss, [own["w1"]])
    assert slope[0].abs().max() > 0 and slope[1].abs().max() == 0


@pytest.mark.parametrize("samples", [1, 9])
def test_single_precision_agrees_with_double(samples) -> None:
    own = weights(MODEL)
    single = {name: w.float() for name, w in own.items()}
    x = shown(torch.ones(2, samples, 3, dtype=torch.float64), torch.full((2, samples), 321))
    told = MODEL.forward(single, x.float(), {})
    assert told.dtype == torch.float32
    assert torch.allclose(told.double(), MODEL.forward(own, x, {}), rtol=0, atol=1e-4)
