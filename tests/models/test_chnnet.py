import pytest
import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.models.chnnet import Chnnet


def drawn(model: Chnnet, agents: int = 4) -> dict[str, Tensor]:
    return model.init(Draws.of(1).stream(Purpose.WEIGHTS, "p", agents), torch.float64)


def random(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(2), dtype=torch.float64)


@pytest.mark.parametrize("samples", [1, 6])
def test_neurons_hear_all_of_their_layer(samples: int) -> None:
    model = Chnnet(3, 2, (4, 5), "tanh", "sigmoid", "uniform", 1.0)
    weights, x = drawn(model), random(4, samples, 3)
    y = model.forward(weights, x, {})
    for agent in range(4):
        own = {name: w[agent] for name, w in weights.items()}
        a = x[agent]
        for layer in (1, 2):
            p = a @ own[f"w{layer}"] + own[f"b{layer}"]
            a = torch.tanh(p + torch.sigmoid(p) @ own[f"u{layer}"])
        assert torch.allclose(y[agent], a @ own["w3"] + own["b3"], rtol=0, atol=1e-12)


def test_the_trace_ends_in_the_output_and_layers_are_named() -> None:
    model = Chnnet(3, 2, (4, 5))
    weights, x = drawn(model), random(4, 6, 3)
    traced = model.trace(weights, x, {})
    assert list(traced) == ["hidden1", "hidden2", "output"]
    assert torch.equal(traced["output"], model.forward(weights, x, {}))
    assert model.layers() == ("w1", "w2", "w3")


def test_there_may_be_no_biases() -> None:
    model = Chnnet(3, 2, (4,), bias="none")
    assert set(model.weight_shapes()) == {"w1", "u1", "w2"}
    assert model.forward(drawn(model), torch.zeros(4, 1, 3).double(), {}).abs().max() == 0


def test_links_may_be_learnt() -> None:
    model = Chnnet(3, 2, (4,), "tanh", "identity")
    weights = {name: w.requires_grad_() for name, w in drawn(model).items()}
    x = random(4, 5, 3)

    def loss(*leaves: Tensor) -> Tensor:
        return model.forward(dict(zip(weights, leaves, strict=True)), x, {}).square().sum()

    assert torch.autograd.gradcheck(loss, list(weights.values()))
