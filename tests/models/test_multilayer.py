import torch
from torch import Tensor

from netware.draws import Draws, Purpose, Stream
from netware.models.multilayer import Multilayer


def stream(agents: int = 6, seed: int = 1) -> Stream:
    return Draws.of(seed).stream(Purpose.WEIGHTS, "p", agents)


def random(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def as_torch(model: Multilayer, weights: dict[str, Tensor], agent: int) -> torch.nn.Sequential:
    """Returns one agent as the network that PyTorch's users would write."""
    parts: list[torch.nn.Module] = []
    for layer in range(1, len(model.widths) + 2):
        w = weights[f"w{layer}"][agent]
        linear = torch.nn.Linear(*w.shape, bias=model.bias == "learned", dtype=w.dtype)
        linear.weight.data = w.T
        if model.bias == "learned":
            linear.bias.data = weights[f"b{layer}"][agent]
        parts += [linear, torch.nn.Tanh()]
    return torch.nn.Sequential(*parts[:-1])


def test_an_agent_computes_what_torch_s_layers_compute() -> None:
    for widths in ((), (5,), (4, 9, 3)):
        for bias in ("learned", "none"):
            model = Multilayer(3, 2, widths, "tanh", "uniform", bias=bias)
            weights = model.init(stream(), torch.float64)
            for samples in (1, 11):
                x = random(6, samples, 3, seed=2)
                y = model.forward(weights, x, {})
                for agent in range(6):
                    wanted = as_torch(model, weights, agent)(x[agent])
                    assert torch.allclose(y[agent], wanted, rtol=0, atol=1e-12)


def test_the_trace_ends_in_the_output() -> None:
    model = Multilayer(3, 2, (4, 5))
    weights = model.init(stream(), torch.float64)
    x = random(6, 7, 3, seed=2)
    traced = model.trace(weights, x, {})
    assert list(traced) == ["hidden1", "hidden2", "output"]
    assert [h.shape[2] for h in traced.values()] == [4, 5, 2]
    assert torch.equal(traced["output"], model.forward(weights, x, {}))
    hidden = torch.relu(x[2] @ weights["w1"][2] + weights["b1"][2])
    assert torch.allclose(traced["hidden1"][2], hidden, rtol=0, atol=1e-12)


def test_shapes_names_and_counts() -> None:
    model = Multilayer(3, 2, (4, 5))
    assert model.weight_shapes() == {
        "w1": (3, 4),
        "b1": (4,),
        "w2": (4, 5),
        "b2": (5,),
        "w3": (5, 2),
        "b3": (2,),
    }
    assert model.layers() == ("w1", "w2", "w3")
    assert model.parameter_count() == 3 * 4 + 4 + 4 * 5 + 5 + 5 * 2 + 2
    assert (model.input_size(), model.output_size()) == (3, 2)
    bare = Multilayer(3, 2, (4, 5), bias="none")
    assert bare.parameter_count() == 12 + 20 + 10


def test_single_precision_agrees_with_double() -> None:
    model = Multilayer(3, 2, (8, 8))
    weights = model.init(stream(), torch.float32)
    x = random(6, 5, 3, seed=3)
    exact = model.forward({name: w.double() for name, w in weights.items()}, x, {})
    assert model.forward(weights, x.float(), {}).dtype == torch.float32
    assert (model.forward(weights, x.float(), {}) - exact).abs().max() < 1e-5


def test_each_agent_has_a_gradient_of_its_own() -> None:
    model = Multilayer(3, 1, (4,), "tanh")
    weights = {name: w.requires_grad_() for name, w in model.init(stream(), torch.float64).items()}
    x = random(6, 5, 3, seed=4)
    loss = model.forward(weights, x, {})[2].square().sum()
    (slope,) = torch.autograd.grad(loss, [weights["w1"]])
    assert slope[2].abs().max() > 0
    assert slope[[0, 1, 3, 4, 5]].abs().max() == 0
