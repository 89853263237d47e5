import math

import pytest
import torch

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.models.cppn import FUNCTIONS, Cppn, answered


def drawn(model: Cppn, agents: int = 2, dtype=torch.float64) -> dict[str, torch.Tensor]:
    return model.init(Draws.of(3).stream(Purpose.WEIGHTS, "makers", agents), dtype)


def shown(samples: int, agents: int = 2) -> torch.Tensor:
    stream = Draws.of(4).stream(Purpose.PROBE, "places", agents)
    return stream.uniform(-1.0, 1.0, (samples, 4), torch.float64)


def test_each_unit_has_its_own_function() -> None:
    names = ("sin", "sin", "gaussian", "tanh", "sigmoid", "abs", "square", "cos", "identity")
    h = torch.linspace(-2, 2, 18, dtype=torch.float64).view(1, 2, 9)
    by_hand = {
        "sin": math.sin,
        "cos": math.cos,
        "gaussian": lambda x: math.exp(-x * x),
        "tanh": math.tanh,
        "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
        "abs": abs,
        "square": lambda x: x * x,
        "identity": lambda x: x,
    }
    expected = [[by_hand[n](x) for n, x in zip(names, row, strict=True)] for row in h[0].tolist()]
    assert torch.allclose(answered(h, names)[0], torch.tensor(expected, dtype=torch.float64))
    assert set(by_hand) == set(FUNCTIONS)


def test_the_answer_is_the_formula() -> None:
    model = Cppn(2, functions=(("sin", "gaussian", "abs"), ("tanh", "identity")))
    weights, x = drawn(model), shown(5)
    for agent in range(2):
        w = {name: values[agent] for name, values in weights.items()}
        h = x[agent] @ w["w1"] + w["b1"]
        h = torch.stack([h[:, 0].sin(), (-h[:, 1].square()).exp(), h[:, 2].abs()], 1)
        h = h @ w["w2"] + w["b2"]
        h = torch.stack([h[:, 0].tanh(), h[:, 1]], 1)
        o = (h @ w["w3"] + w["b3"]).tanh()
        expected = torch.where(o.abs() > 0.2, o.sign() * 3 * (o.abs() - 0.2) / 0.8, 0.0)
        assert torch.allclose(model.forward(weights, x, {})[agent], expected)
        assert torch.allclose(model.trace(weights, x, {})["pattern"][agent], o)


def test_weak_answers_are_not_expressed_and_strong_ones_reach_the_largest() -> None:
    model = Cppn()
    o = torch.tensor([-1.0, -0.6, -0.2, -0.1, 0.0, 0.2, 0.6, 1.0]).view(1, 8, 1)
    expected = torch.tensor([-3.0, -1.5, 0, 0, 0, 0, 1.5, 3.0])
    assert torch.allclose(model.expressed(o).flatten(), expected, atol=1e-6)
    plain = Cppn(threshold=0.0, largest=1.0)
    assert torch.allclose(plain.expressed(o), o)


def test_an_even_function_of_x_makes_patterns_that_are_symmetric() -> None:
    model = Cppn(functions=(("gaussian", "abs"),))
    weights = {n: v.clone() for n, v in drawn(model).items()}
    weights["b1"].zero_()
    x = shown(20)
    assert torch.allclose(model.forward(weights, x, {}), model.forward(weights, -x, {}))


def test_a_layer_without_units_is_refused() -> None:
    with pytest.raises(ScenarioError) as caught:
        Cppn(functions=(("sin",), ()))
    assert "functions: a layer without units" in str(caught.value)
