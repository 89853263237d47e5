import pytest
import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.models.base import AbstractModel
from netware.models.chnnet import Chnnet
from netware.models.denoisers.denoiser import Denoiser
from netware.models.intralinked import Intralinked
from netware.models.memories.hopfield import Hopfield
from netware.models.multilayer import Multilayer
from netware.models.torch_module.module import Module
from netware.models.urn import Urn
from netware.models.wrappers.low_rank import LowRank
from netware.models.wrappers.steered import Steered


AGENTS, SAMPLES = 4, 5
NETS = Multilayer(3, 2, (6, 7), "tanh")
BASES: list[tuple[AbstractModel, str]] = [
    (NETS, "hidden1"),
    (NETS, "hidden2"),
    (Intralinked(3, 2, (6, 4), activation="tanh"), "hidden1"),
    (Chnnet(3, 2, (6, 4), "tanh"), "hidden2"),
    (Urn(3, 2, 8, 3, activation="tanh"), "iteration2"),
    (Denoiser(2, (6, 5), 3), "hidden1"),
    (LowRank(NETS, 2), "hidden2"),
]

NETWORK = """
import torch

class Tail(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner, self.outer = torch.nn.Linear(3, 6), torch.nn.Linear(6, 2)

    def forward(self, x):
        return self.outer(torch.tanh(self.inner(x)) + x.mean())
"""


def random(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def made(base: AbstractModel, layer: str) -> tuple[Steered, dict[str, Tensor], Tensor, Tensor]:
    """Returns a steered model, weights, inputs and a direction of each agent."""
    model = Steered(base, layer)
    weights = model.init(Draws.of(1).stream(Purpose.WEIGHTS, "p", AGENTS), torch.float64)
    x = random(AGENTS, SAMPLES, base.input_size(), seed=2)
    return model, weights, x, random(AGENTS, model.width, seed=3)


def column(value: float) -> Tensor:
    return torch.full((AGENTS,), value, dtype=torch.float64)


@pytest.mark.parametrize(("base", "layer"), BASES, ids=str)
def test_without_control_it_is_its_base(base, layer) -> None:
    model, weights, x, direction = made(base, layer)
    plain = base.forward(weights, x, {})
    assert torch.equal(model.forward(weights, x, {}), plain)
    assert torch.equal(model.forward(weights, x, {"direction": direction}), plain)
    still = {"direction": direction, "strength": column(0.0), "removal": column(0.0)}
    assert torch.allclose(model.forward(weights, x, still), plain, rtol=0, atol=1e-12)
    assert model.weight_shapes() == base.weight_shapes() and model.layers() == base.layers()


@pytest.mark.parametrize(("base", "layer"), BASES, ids=str)
def test_the_layer_moves_along_the_direction_and_what_follows_hears_it(base, layer) -> None:
    model, weights, x, direction = made(base, layer)
    unit = direction / direction.norm(dim=1, keepdim=True)
    state = {"direction": direction, "strength": torch.tensor([0.0, 1.0, -2.0, 3.0]).double()}
    before, after = base.trace(weights, x, {}), model.trace(weights, x, state)
    moved = before[layer] + state["strength"][:, None, None] * unit[:, None]
    assert torch.allclose(after[layer], moved, rtol=0, atol=1e-12)
    assert torch.equal(after["output"], model.forward(weights, x, state))
    changed = (after["output"] - before["output"]).abs().amax((1, 2))
    assert changed[0] < 1e-12 and bool((changed[1:] > 1e-6).all())


def test_the_next_layer_computes_on_what_was_moved() -> None:
    model, weights, x, direction = made(NETS, "hidden1")
    state = {"direction": direction, "strength": column(0.7), "removal": column(0.4)}
    y = model.forward(weights, x, state)
    for agent in range(AGENTS):
        v = direction[agent] / direction[agent].norm()
        h = torch.tanh(x[agent] @ weights["w1"][agent] + weights["b1"][agent])
        h = h - 0.4 * torch.outer(h @ v, v) + 0.7 * v
        h = torch.tanh(h @ weights["w2"][agent] + weights["b2"][agent])
        expected = h @ weights["w3"][agent] + weights["b3"][agent]
        assert torch.allclose(y[agent], expected, rtol=0, atol=1e-12)


def test_contrast_adds_what_the_context_makes_of_each_sample() -> None:
    _, weights, x, _ = made(NETS, "hidden2")
    model = Steered(NETS, "hidden2", context=1, positive=2.0, negative=-0.5)
    high, low = x.clone(), x.clone()
    high[..., 1], low[..., 1] = 2.0, -0.5
    parts = [NETS.trace(weights, one, {})["hidden2"] for one in (x, high, low)]
    after = model.trace(weights, x, {"contrast": column(1.5)})["hidden2"]
    assert torch.allclose(after, parts[0] + 1.5 * (parts[1] - parts[2]), rtol=0, atol=1e-12)
    assert (parts[1] - parts[2])[:, 0].sub((parts[1] - parts[2])[:, 1]).abs().max() > 1e-3


def test_a_module_of_one_s_own_is_steered_at_a_leaf(tmp_path, monkeypatch) -> None:
    (tmp_path / "steerable_nets.py").write_text(NETWORK)
    monkeypatch.syspath_prepend(str(tmp_path))
    base = Module("steerable_nets.Tail")
    model, weights, x, direction = made(base, "inner")
    state = {"direction": direction, "strength": column(0.7), "removal": column(1.0)}
    y = model.forward(weights, x, state)
    for agent in range(AGENTS):
        own = {name: w[agent] for name, w in weights.items()}
        v = direction[agent] / direction[agent].norm()
        h = x[agent] @ own["inner.weight"].T + own["inner.bias"]
        h = torch.tanh(h - torch.outer(h @ v, v) + 0.7 * v) + x[agent].mean()
        expected = h @ own["outer.weight"].T + own["outer.bias"]
        assert torch.allclose(y[agent], expected, rtol=0, atol=1e-12)


def test_a_direction_of_zero_moves_nothing_and_its_length_does_not_matter() -> None:
    model, weights, x, direction = made(NETS, "hidden1")
    plain = NETS.forward(weights, x, {})
    nowhere = {"direction": torch.zeros_like(direction), "strength": column(3.0)}
    assert torch.equal(model.forward(weights, x, nowhere), plain)
    one, ten = (
        model.forward(weights, x, {"direction": k * direction, "strength": column(1.0)})
        for k in (1, 10)
    )
    assert torch.allclose(one, ten, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (
            {"base": NETS, "layer": "hidden3"},
            "layer: no hidden layer 'hidden3' in Multilayer\n  expected: one of hidden1, hidden2\n"
            "  fix: write 'hidden1'",
        ),
        (
            {"base": NETS, "context": 3},
            "context: number 3 of samples of 3\n  expected: 0 to 2\n  fix: write 'context: 2'",
        ),
        (
            {"base": Steered(NETS)},
            "base: a model that is steered already\n"
            "  expected: a model with one direction an agent\n"
            "  fix: steer one layer, and the model itself",
        ),
        (
            {"base": Hopfield(4, 2)},
            "base: a model that waits to be asked, Hopfield\n"
            "  expected: a model that answers its input at every step\n"
            "  fix: write 'base: {type: multilayer, ...}'",
        ),
    ],
)
def test_what_cannot_be_steered_is_refused(given, text) -> None:
    with pytest.raises(ScenarioError) as error:
        Steered(**given)
    assert str(error.value) == text
