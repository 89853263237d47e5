import pytest
import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.models.base import Intervention, Steering
from netware.models.multilayer import Multilayer
from netware.models.urn import Urn
from netware.models.wrappers.low_rank import LowRank
from netware.models.wrappers.steered import Steered


BASE = Multilayer(3, 2, (6, 5), "tanh")
MODEL = LowRank(BASE, 2, 0.5)


def weights(model: LowRank = MODEL, agents: int = 4) -> dict[str, Tensor]:
    return model.init(Draws.of(1).stream(Purpose.WEIGHTS, "p", agents), torch.float64)


def random(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def learnt() -> dict[str, Tensor]:
    """Returns weights whose B are no longer zero."""
    drawn = weights()
    ups = {n: random(*w.shape, seed=i) for i, (n, w) in enumerate(drawn.items()) if "up" in n}
    return drawn | ups


def test_at_the_start_it_is_its_base_bit_by_bit() -> None:
    own, x = weights(), random(4, 7, 3, seed=2)
    assert torch.equal(MODEL.forward(own, x, {}), BASE.forward(own, x, {}))
    for name, w in BASE.init(Draws.of(1).stream(Purpose.WEIGHTS, "p", 4), torch.float64).items():
        assert torch.equal(own[name], w)


def test_a_and_b_are_those_of_the_source() -> None:
    own = weights(agents=300)
    assert MODEL.weight_shapes()["w2.down"] == (6, 2)
    assert MODEL.weight_shapes()["w2.up"] == (2, 5)
    down = own["w2.down"]
    assert down.abs().max() <= 6**-0.5 and down.abs().max() > 0.99 * 6**-0.5
    assert abs(down.mean().item()) < 0.02
    assert not own["w2.up"].any()
    # A is drawn apart from the weights: no correlation with W.
    pair = torch.stack([own["w2"][:, 0, 0], down[:, 0, 0]])
    assert abs(torch.corrcoef(pair)[0, 1].item()) < 0.25


def test_the_difference_has_its_rank_and_its_scale() -> None:
    own = learnt()
    merged = MODEL.merged(own)
    for name in ("w1", "w2", "w3"):
        delta = merged[name] - own[name]
        expected = 0.5 * own[f"{name}.down"] @ own[f"{name}.up"]
        assert torch.allclose(delta, expected, rtol=0, atol=1e-12)
        assert torch.linalg.matrix_rank(delta, atol=1e-9).tolist() == [2] * 4
    assert torch.equal(merged["b1"], own["b1"])


def test_forward_trace_and_tap_are_the_base_s_with_merged_weights() -> None:
    own, x = learnt(), random(4, 7, 3, seed=2)
    merged = MODEL.merged(own)
    assert torch.equal(MODEL.forward(own, x, {}), BASE.forward(merged, x, {}))
    assert torch.equal(MODEL.trace(own, x, {})["hidden2"], BASE.trace(merged, x, {})["hidden2"])
    tap = Steering({"hidden1": Intervention(random(4, 1, 6, seed=5))})
    found = MODEL.forward(own, x, {}, tap)
    assert torch.equal(found, BASE.forward(merged, x, {}, tap))
    assert not torch.equal(found, MODEL.forward(own, x, {}))


def test_a_steered_base_stays_steered() -> None:
    model = LowRank(Steered(BASE, "hidden1"), 2, 0.5)
    own, x = learnt(), random(4, 7, 3, seed=2)
    state = {"direction": random(4, 6, seed=3), "strength": torch.ones(4, dtype=torch.float64)}
    assert not torch.equal(model.forward(own, x, state), model.forward(own, x, {}))
    other = Steered(MODEL, "hidden1").forward(own, x, state)
    assert torch.allclose(model.forward(own, x, state), other, rtol=0, atol=1e-12)
    assert model.state_shapes() == {
        "direction": (6,),
        "strength": (),
        "removal": (),
        "contrast": (),
    }


def test_a_base_without_layers_is_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        LowRank(Urn(2, 1, 9))
    assert str(error.value) == (
        "base: a model without layers, Urn\n"
        "  expected: a model whose weights carry input to output layer by layer\n"
        "  fix: write 'base: {type: multilayer, ...}'"
    )
