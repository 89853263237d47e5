import pytest
import torch

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.models.layers.conversion import deep_model, deep_weights
from netware.models.multilayer import Multilayer


def drawn(model: Multilayer, agents: int = 6) -> dict[str, torch.Tensor]:
    return model.init(Draws.of(5).stream(Purpose.WEIGHTS, "p", agents), torch.float64)


@pytest.mark.parametrize("bias", ["learned", "none"])
@pytest.mark.parametrize("outputs", [1, 3])
def test_both_compute_the_same_in_the_box(bias, outputs: int) -> None:
    wide = Multilayer(3, outputs, (7,), initial="uniform", spread=2.0, bias=bias)
    weights = drawn(wide)
    x = torch.rand(6, 200, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    x = (x * 2 - 1) * 1.5
    deep = deep_model(wide)
    assert deep.widths == (3 + outputs + 1,) * 7
    made = deep_weights(wide, weights, 1.5)
    assert {name: tuple(w.shape[1:]) for name, w in made.items()} == deep.weight_shapes()
    y = wide.forward(weights, x, {})
    assert (deep.forward(made, x, {}) - y).abs().max() < 1e-12 * y.abs().max() * 100
    # The control: outside the box relu cuts what carries the sample.
    far = x * 20
    assert (deep.forward(made, far, {}) - wide.forward(weights, far, {})).abs().max() > 1


def test_no_unit_that_carries_or_adds_is_ever_cut() -> None:
    wide = Multilayer(2, 1, (5,), initial="uniform", spread=3.0)
    made = deep_weights(wide, drawn(wide), 1.0)
    x = torch.rand(6, 500, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    traced = deep_model(wide).trace(made, x * 2 - 1, {})
    for layer in range(1, 6):
        assert traced[f"hidden{layer}"][..., [0, 1, 3]].min() >= 0
        assert traced[f"hidden{layer}"][..., [0, 1]].max() > 1


def test_other_networks_are_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        deep_model(Multilayer(2, 1, (3, 4), "tanh"))
    assert str(error.value) == (
        "model: widths [3, 4] of tanh\n"
        "  expected: one hidden layer of relu\n"
        "  fix: write 'widths: [8], activation: relu' for the wide network"
    )
