import numpy as np
import pytest
import torch
from scipy.linalg import expm

from netware.rules.consensus.continuous_consensus import ContinuousConsensus
from tests.rules.agreeing import after, laplacian, numbers, path, ring, world_of


def weights(seed: int, agents: int) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return chance.random((agents, agents)) * (chance.random((agents, agents)) < 0.5)


@pytest.mark.parametrize("size", [(), (2,)])
def test_it_is_the_exponential_of_the_laplacian(size):
    matrix, x = weights(1, 9), numbers(2, 9, *size)
    world = world_of(x, matrix, dt=0.1)
    rule = ContinuousConsensus("people", "talks", gain=0.7, substeps=2)
    found = after(world, rule, 20)["people"]["output"]
    exact = torch.from_numpy(expm(-0.7 * 2.0 * laplacian(matrix))) @ x
    assert (found - exact).abs().max() < 1e-6


def test_halving_the_step_makes_the_error_sixteen_times_smaller():
    matrix, x = ring(6), numbers(3, 6)
    exact = torch.from_numpy(expm(-laplacian(matrix))) @ x
    errors = []
    for substeps in (16, 32, 64):
        rule = ContinuousConsensus("people", "talks", substeps=substeps)
        found = after(world_of(x, matrix), rule)["people"]["output"]
        errors.append(float((found - exact).abs().max()))
    assert errors[0] / errors[1] == pytest.approx(16, rel=0.2)
    assert errors[1] / errors[2] == pytest.approx(16, rel=0.2)


def test_disagreement_falls_at_lambda_2_at_any_length_of_step():
    matrix, x = path(8), numbers(4, 8)
    rate = 2 - 2 * np.cos(np.pi / 8)
    for dt in (0.05, 0.4):
        world = world_of(x, matrix, dt=dt)
        rule = ContinuousConsensus("people", "talks")
        steps = round(40 / dt)
        middle = after(world, rule, steps)["people"]["output"]
        late = after(world, rule, 2 * steps)["people"]["output"]
        fell = float(((middle - middle.mean()).norm() / (late - late.mean()).norm()).log())
        assert fell / 40 == pytest.approx(rate, rel=1e-3)


def test_replicas_do_not_hear_each_other_and_the_mean_is_kept():
    x = numbers(5, 12)
    world = world_of(x, ring(6), replicas=2)
    rule = ContinuousConsensus("people", "talks", gain=0.3)
    both = after(world, rule, 5)["people"]["output"].view(2, 6)
    for replica in range(2):
        alone = after(world_of(x.view(2, 6)[replica], ring(6)), rule, 5)["people"]["output"]
        assert torch.equal(both[replica], alone)
        assert float(alone.mean()) == pytest.approx(float(x.view(2, 6)[replica].mean()), abs=1e-14)
