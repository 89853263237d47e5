import torch

from netware.draws import Draws
from netware.tasks.random_patterns import RandomPatterns


def test_patterns_are_independent_plus_and_minus_ones() -> None:
    data = RandomPatterns(units=1000, patterns=50).make("p", Draws.of(11), torch.float64)
    xi = data.train.inputs[0]
    assert set(xi.unique().tolist()) == {-1.0, 1.0}
    # 50 000 fair coins: the mean is within 5 / sqrt(50 000) of 0.
    assert abs(xi.mean()) < 5 / 50_000**0.5
    overlap = (xi @ xi.T / 1000 - torch.eye(50, dtype=torch.float64)).abs().max()
    assert overlap < 6 / 1000**0.5


def test_what_is_tested_is_what_was_learnt() -> None:
    data = RandomPatterns(units=8, patterns=3).make("p", Draws.of(2), torch.float32)
    assert data.train.goal == "patterns"
    assert data.train.inputs.shape == (1, 3, 8)
    assert torch.equal(data.train.inputs, data.train.targets)
    assert torch.equal(data.train.inputs, data.test.inputs)


def test_biased_patterns_have_their_share_of_plus_ones() -> None:
    task = RandomPatterns(units=1000, patterns=40, up=0.1)
    up = (task.make("p", Draws.of(3), torch.float32).train.inputs > 0).double().mean()
    assert abs(up - 0.1) < 5 * (0.1 * 0.9 / 40_000) ** 0.5


def test_replicas_have_patterns_of_their_own_as_if_run_alone() -> None:
    task = RandomPatterns(units=20, patterns=4)
    together = task.make("p", Draws.of(5, 3), torch.float32).train.inputs
    alone = task.make("p", Draws.of(5), torch.float32).train.inputs
    assert torch.equal(together[:1], alone)
    assert not torch.equal(together[0], together[1])


def test_sizes_are_those_of_a_pattern() -> None:
    task = RandomPatterns(units=20, patterns=4)
    assert (task.input_size(), task.output_size()) == (20, 20)
