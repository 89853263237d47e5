import numpy as np
import pytest
import torch

from netware.probes.consensus.convergence_rate import ConvergenceRate
from netware.rules.consensus.average_consensus import AverageConsensus
from tests.rules.agreeing import after, laplacian, numbers, ring, world_of


def test_it_is_the_rayleigh_quotient_of_each_replica():
    x = numbers(1, 3 * 7, 2)
    world = world_of(x, ring(7) * 0.5, replicas=3)
    found = ConvergenceRate("people", "talks").read(world)["convergence_rate"]
    for replica in range(3):
        own = x.view(3, 7, 2)[replica].numpy()
        away = own - own.mean(0)
        expected = np.sum(away * (laplacian(ring(7) * 0.5) @ away)) / np.sum(away**2)
        assert float(found[replica]) == pytest.approx(expected)


def test_it_comes_down_to_lambda_2_while_agents_agree():
    world = world_of(numbers(2, 12), ring(12))
    rule, probe = AverageConsensus("people", "talks", gain=0.2), ConvergenceRate("people", "talks")
    rates = [
        float(probe.read(after(world, rule, steps))["convergence_rate"]) for steps in (0, 20, 200)
    ]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == pytest.approx(2 - 2 * np.cos(np.pi / 6), rel=1e-4)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_agents_that_agree_have_no_rate(dtype):
    world = world_of(torch.full((6,), 0.3, dtype=dtype), ring(6))
    found = ConvergenceRate("people", "talks").read(world)["convergence_rate"]
    assert found.dtype == dtype and found.tolist() == [0.0]
    zero = world_of(torch.zeros(6, dtype=dtype), ring(6))
    assert ConvergenceRate("people", "talks").read(zero)["convergence_rate"].tolist() == [0.0]
