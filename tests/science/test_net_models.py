"""NET-1: all agents at once compute what each of them computes alone, one after another.

Forty agents with weights of their own, in single precision; the largest difference allowed is
1e-5, as rounding differs with the order of sums. Each agent is computed by equations written out
here, not by the model.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.models.base import AbstractModel
from netware.models.intralinked import Intralinked
from netware.models.memories.hopfield import Hopfield
from netware.models.multilayer import Multilayer
from netware.models.torch_module.module import Module
from netware.models.urn import Residual, Urn
from netware.population import Population


AGENTS = 40
Alone = Callable[[dict[str, Tensor], Tensor], Tensor]


def population(model: AbstractModel, seed: int, chunk: int = 0) -> Population:
    stream = Draws.of(seed).stream(Purpose.WEIGHTS, "agents", AGENTS)
    return Population("agents", AGENTS, 1, model, model.init(stream, torch.float32), chunk=chunk)


def numbers(model: AbstractModel, samples: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(AGENTS, samples, model.input_size(), generator=generator)


def compare(model: AbstractModel, alone: Alone, inputs: Callable[[int], Tensor], seed: int) -> None:
    for samples in (1, 9):
        for chunk in (0, 7):
            agents, x = population(model, seed, chunk), inputs(samples)
            together = agents.forward(x)
            for agent in range(AGENTS):
                own = {name: w[agent] for name, w in agents.weights.items()}
                assert (together[agent] - alone(own, x[agent])).abs().max() <= 1e-5
            # The control: with the weights of its neighbour an agent computes something else.
            weights = {name: w.roll(1, 0) for name, w in agents.weights.items()}
            other = replace(agents, weights=weights).forward(x)
            assert (together - other).abs().max() > 1e-2


@pytest.mark.t0
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("residual", ["none", "output", "input"])
def test_net_1_urns(residual: Residual, seed: int) -> None:
    model = Urn(5, 3, 40, 4, residual, initial="linear")

    def alone(own: dict[str, Tensor], x: Tensor) -> Tensor:
        h = torch.zeros(len(x), 40)
        h[:, :5] = x
        for _ in range(4):
            new = torch.relu(torch.nn.functional.linear(h, own["w"].T, own["b"]))
            if residual == "output":
                new[:, 37:] += h[:, 37:]
            if residual == "input":
                new[:, :5] += x
            h = new
        return h[:, 37:]

    compare(model, alone, lambda samples: numbers(model, samples, seed), seed)


@pytest.mark.t0
@pytest.mark.parametrize("seed", [3, 4])
def test_net_1_multilayer_networks(seed: int) -> None:
    model = Multilayer(5, 3, (8, 12), "tanh")

    def alone(own: dict[str, Tensor], x: Tensor) -> Tensor:
        h = torch.tanh(x @ own["w1"] + own["b1"])
        h = torch.tanh(h @ own["w2"] + own["b2"])
        return h @ own["w3"] + own["b3"]

    compare(model, alone, lambda samples: numbers(model, samples, seed), seed)


@pytest.mark.t0
@pytest.mark.parametrize("seed", [5, 6])
def test_net_1_intralinked_networks(seed: int) -> None:
    model = Intralinked(5, 3, (9,), 3, "dense", 1.0)

    def alone(own: dict[str, Tensor], x: Tensor) -> Tensor:
        ahead, c = x @ own["w1"] + own["b1"], own["c1"]
        g: list[Tensor] = []
        for j in range(9):
            group, place = divmod(j, 3)
            heard = ahead[:, j]
            if place == 1:
                heard = heard + c[group, 0] * g[j - 1]
            if place == 2:
                heard = heard + c[group, 1] * g[j - 2] + c[group, 2] * g[j - 1]
            g.append(torch.relu(heard))
        return torch.stack(g, 1) @ own["w2"] + own["b2"]

    compare(model, alone, lambda samples: numbers(model, samples, seed), seed)


@pytest.mark.t0
@pytest.mark.parametrize("seed", [7, 8])
def test_net_1_hopfield_networks(seed: int) -> None:
    model = Hopfield(neurons=64, patterns=6)

    def spins(samples: int) -> Tensor:
        return torch.where(numbers(model, samples, seed) > 0, 1.0, -1.0)

    def alone(own: dict[str, Tensor], x: Tensor) -> Tensor:
        couplings = own["patterns"].T @ own["patterns"] / 64
        field = x @ couplings.fill_diagonal_(0)
        return torch.where(field == 0, x, field.sign())

    compare(model, alone, spins, seed)


MODULE = """
import torch

class Gated(torch.nn.Module):
    def __init__(self, inputs, units):
        super().__init__()
        self.value = torch.nn.Linear(inputs, units)
        self.gate = torch.nn.Linear(inputs, units)
        self.out = torch.nn.Linear(units, 3)

    def forward(self, x):
        return self.out(torch.tanh(self.value(x)) * torch.sigmoid(self.gate(x)))
"""


@pytest.mark.t0
@pytest.mark.parametrize("seed", [9, 10])
def test_net_1_modules_of_the_user_s_own(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gated_net.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    model = Module("gated_net.Gated", {"inputs": 5, "units": 8})

    def alone(own: dict[str, Tensor], x: Tensor) -> Tensor:
        module = type(model.built)(5, 8)
        module.load_state_dict(own)
        with torch.no_grad():
            return module(x)

    compare(model, alone, lambda samples: numbers(model, samples, seed), seed)
