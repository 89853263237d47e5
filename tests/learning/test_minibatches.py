"""Minibatches: every example once a pass, another order for every replica, pass and step."""

import pytest
import torch

from netware.draws import Draws
from netware.learning.minibatches import minibatches
from netware.tasks.base import Examples


def numbered(replicas: int, samples: int) -> Examples:
    """Makes examples whose input is their number, shared by all replicas."""
    x = torch.arange(samples, dtype=torch.float32)[None, :, None].expand(replicas, -1, 2)
    return Examples(x, x[..., :1] * 10, "numbers")


def partitioned(
    replicas: int = 2, samples: int = 23, step: int = 0, use: str = "learn", **how
) -> list[torch.Tensor]:
    """Returns the numbers of the examples in each part `[replicas, part]`."""
    settings = {"size": 5, "passes": 1, "count": 0, **how}
    parts = minibatches(numbered(replicas, samples), Draws.of(5, replicas), use, step, **settings)
    found = []
    for part in parts:
        assert torch.equal(part.inputs[..., :1] * 10, part.targets)
        found.append(part.inputs[..., 0].long())
    return found


def test_a_pass_deals_every_example_once_to_every_replica():
    parts = partitioned(passes=2)
    assert [part.shape[1] for part in parts] == [5, 5, 5, 5, 3] * 2
    for one_pass in (parts[:5], parts[5:]):
        for replica in torch.cat(one_pass, 1):
            assert torch.equal(replica.sort().values, torch.arange(23))


@pytest.mark.parametrize("other", [{"step": 1}, {"use": "teach"}])
def test_another_step_or_rule_deals_in_another_order(other):
    assert torch.equal(torch.cat(partitioned(), 1), torch.cat(partitioned(), 1))
    assert not torch.equal(torch.cat(partitioned(), 1), torch.cat(partitioned(**other), 1))


def test_replicas_and_passes_have_orders_of_their_own():
    parts = partitioned(passes=2)
    first, second = torch.cat(parts[:5], 1), torch.cat(parts[5:], 1)
    assert not torch.equal(first[0], first[1])
    assert not torch.equal(first, second)


def test_a_count_takes_the_place_of_whole_passes():
    assert len(partitioned(count=3)) == 3
    assert len(partitioned(count=7)) == 7
    assert torch.equal(torch.cat(partitioned(count=3), 1), torch.cat(partitioned(), 1)[:, :15])


@pytest.mark.parametrize("size", [0, 23, 100])
def test_all_examples_at_once_stay_in_their_order(size):
    (part,) = partitioned(size=size)
    assert torch.equal(part, torch.arange(23).expand(2, -1))


def test_samples_lie_last_in_memory_and_shared_ones_are_not_copied():
    settings = {"use": "learn", "step": 0, "passes": 1, "count": 0}
    (whole,) = minibatches(numbered(3, 8), Draws.of(0, 3), size=0, **settings)
    assert whole.inputs.stride() == (0, 1, 8)
    first = next(minibatches(numbered(3, 8), Draws.of(0, 3), size=4, **settings))
    assert first.inputs.stride() == (8, 1, 4)
    assert first.of(torch.tensor([0, 0, 2])).inputs.stride() == (8, 1, 4)
