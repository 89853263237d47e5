import torch

from netware.draws import Draws, Purpose
from netware.models.torch_module.fan_in import drawn_by_fan_in, fan_in


LEARNING = {
    "a.weight": torch.ones(6, 3),
    "a.bias": torch.ones(6),
    "conv.weight": torch.ones(2, 3, 5),
    "gain": torch.ones(7),
    "slope": torch.tensor(3.0),
}


def test_a_unit_sums_what_its_weight_reads() -> None:
    wanted = {"a.weight": 3, "a.bias": 3, "conv.weight": 15, "gain": 7, "slope": 1}
    assert {name: fan_in(name, LEARNING) for name in LEARNING} == wanted


def test_what_differs_is_drawn_within_the_bound_and_the_rest_kept() -> None:
    stream = Draws.of(1).stream(Purpose.WEIGHTS, "p", 500)
    weights = drawn_by_fan_in(LEARNING, {"a.weight", "a.bias"}, stream, torch.float64)
    for name in ("a.weight", "a.bias"):
        assert 0.99 * 3**-0.5 < weights[name].abs().max() <= 3**-0.5
        assert weights[name].shape == (500, *LEARNING[name].shape)
    assert bool((weights["gain"] == 1).all()) and bool((weights["slope"] == 3).all())
