"""Width, depth and height: networks of one wide layer as deep ones, and layers linked within."""

import numpy as np
import pytest
import torch

from netware.draws import Draws, Purpose
from netware.models.chnnet import Chnnet
from netware.models.layers.conversion import deep_model, deep_weights
from netware.models.multilayer import Multilayer


# --- HGT-5: Fan, Lai and Wang (2023), JMLR 24(183), in an elementary construction.


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(8))
def test_hgt_5_a_wide_layer_of_w_units_is_a_network_of_depth_w_and_width_d_plus_2(
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    d, w = int(rng.integers(1, 4)), int(rng.integers(1, 9))
    wide = Multilayer(d, 1, (w,))
    generator = torch.Generator().manual_seed(seed)
    weights = {
        name: torch.randn(10, *shape, generator=generator)
        for name, shape in wide.weight_shapes().items()
    }
    deep = deep_model(wide)
    assert deep.widths == (d + 2,) * w
    made = deep_weights(wide, weights, 1.0)
    # Samples of the whole cube, its corners among them.
    x = torch.rand(2000, d, generator=generator) * 2 - 1
    corners = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0])] * d).view(-1, d)
    x = torch.cat([x, corners])
    h, y = x.expand(10, -1, -1), torch.relu(x @ weights["w1"] + weights["b1"][:, None])
    y = y @ weights["w2"] + weights["b2"][:, None]
    for layer in range(1, w + 1):
        h = torch.relu(h @ made[f"w{layer}"] + made[f"b{layer}"][:, None])
    h = h @ made[f"w{w + 1}"] + made[f"b{w + 1}"][:, None]
    assert (h - y).abs().max() <= 1e-4
    assert (deep.forward(made, x.expand(10, -1, -1), {}) - y).abs().max() <= 1e-4
    # The control: with one unit of its own taken away, the deep network is another.
    made["w1"] = made["w1"].clone()
    made["w1"][:, :, d] = 0
    assert (deep.forward(made, x.expand(10, -1, -1), {}) - y).abs().max() > 1e-2


# --- HGT-6: Shahir et al. (2023), arXiv:2305.10468.


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("inner", ["identity", "relu", "tanh"])
def test_hgt_6_a_layer_of_connected_hidden_neurons_is_the_formula(seed: int, inner) -> None:
    rng = np.random.default_rng(seed)
    m, n = int(rng.integers(1, 9)), int(rng.integers(1, 9))
    model = Chnnet(m, 2, (n,), "relu", inner)
    w1, w2, b = rng.normal(size=(m, n)), rng.normal(size=(n, n)), rng.normal(size=n)
    out = rng.normal(size=(n, 2))
    a = rng.normal(size=(20, m))
    phi = {"identity": lambda z: z, "relu": lambda z: np.maximum(z, 0), "tanh": np.tanh}[inner]
    # z = W1 a + W2 h + b, h = f_I(W1 a + b), with samples in rows.
    z = a @ w1 + phi(a @ w1 + b) @ w2 + b
    given = {"w1": w1, "b1": b, "u1": w2, "w2": out, "b2": np.zeros(2)}
    weights = {name: torch.from_numpy(value)[None] for name, value in given.items()}
    traced = model.trace(weights, torch.from_numpy(a)[None], {})
    assert np.abs(traced["hidden1"][0].numpy() - np.maximum(z, 0)).max() < 1e-12
    assert model.parameter_count() == m * n + n * n + n + 2 * n + 2
    # Without connections it is the dense layer, and with them it is not.
    plain = Multilayer(m, 2, (n,))
    draws = Draws.of(seed).stream(Purpose.WEIGHTS, "p", 5)
    drawn = model.init(draws, torch.float32)
    x = torch.randn(5, 9, m, generator=torch.Generator().manual_seed(seed))
    carrying = {name: w for name, w in drawn.items() if name != "u1"}
    dense = plain.forward(carrying, x, {})
    assert torch.equal(model.forward(drawn | {"u1": drawn["u1"] * 0}, x, {}), dense)
    assert not torch.equal(model.forward(drawn, x, {}), dense)
