import numpy as np
import pytest
import torch
from scipy.stats import kurtosis, skew

from netware.probes.consensus.polarisation import Polarisation
from tests.rules.agreeing import numbers, world_of


def read(x: torch.Tensor, replicas: int = 1) -> dict[str, list[float]]:
    world = world_of(x, replicas=replicas, column="opinion")
    return {name: value.tolist() for name, value in Polarisation("people").read(world).items()}


def test_moments_as_scipy_has_them():
    x = numbers(1, 3 * 50).square()
    found = read(x, 3)
    for replica in range(3):
        own = x.view(3, 50)[replica].numpy()
        assert found["variance"][replica] == pytest.approx(own.var())
        bimodality = (skew(own) ** 2 + 1) / kurtosis(own, fisher=False)
        assert found["bimodality"][replica] == pytest.approx(bimodality)


def test_two_camps_are_one_a_line_is_five_ninths_a_bell_is_a_third():
    camps = torch.tensor([0.2] * 30 + [0.7] * 70, dtype=torch.float64)
    assert read(camps)["bimodality"] == pytest.approx([1.0])
    assert read(camps)["variance"] == pytest.approx([0.21 * 0.25])
    line = torch.linspace(0, 1, 4001, dtype=torch.float64)
    assert read(line)["bimodality"] == pytest.approx([5 / 9], rel=1e-3)
    bell = torch.from_numpy(np.random.default_rng(2).normal(size=200_000))
    assert read(bell)["bimodality"] == pytest.approx([1 / 3], rel=0.02)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_those_who_agree_are_not_polarised_and_small_differences_are_seen(dtype):
    alike = read(torch.full((7,), 0.3, dtype=dtype))
    assert alike["bimodality"] == [0.0] and alike["variance"][0] < 1e-12
    near = torch.tensor([0.0, 1e-5, 0.0, 1e-5], dtype=dtype)
    assert read(near)["bimodality"] == pytest.approx([1.0], rel=1e-5)


def test_opinions_of_several_numbers_count_alike():
    x = numbers(3, 20, 2)
    one, two = (read(x[:, k].contiguous()) for k in range(2))
    both = read(x)
    for name in both:
        assert both[name][0] == pytest.approx((one[name][0] + two[name][0]) / 2)
