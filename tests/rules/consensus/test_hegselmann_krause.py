from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netware.errors import ShapeError
from netware.rules.consensus.hegselmann_krause import HegselmannKrause
from tests.rules.agreeing import ACTING, after, numbers, world_of


def compared(x: np.ndarray, confidence: float, heard: np.ndarray) -> np.ndarray:
    """Returns the mean of all that are near, every pair looked at."""
    flat = x.reshape(len(x), -1)
    apart = np.linalg.norm(flat[:, None] - flat, axis=2)
    near = (apart <= confidence) & (heard | np.eye(len(x), dtype=bool))
    return ((near[..., None] * flat).sum(1) / near.sum(1, keepdims=True)).reshape(x.shape)


@given(st.integers(0, 2**31), st.integers(1, 30), st.floats(0.01, 2.0))
def test_sorting_finds_the_mean_of_all_that_are_near(seed, agents, confidence):
    x = numbers(seed, 3 * agents)
    world = world_of(x, replicas=3, column="opinion")
    found = after(world, HegselmannKrause("people", confidence))["people"]["opinion"]
    for replica in range(3):
        own = slice(replica * agents, (replica + 1) * agents)
        everyone = np.ones((agents, agents), dtype=bool)
        expected = compared(x[own].numpy(), confidence, everyone)
        assert np.abs(found[own].numpy() - expected).max() < 1e-13


@given(st.integers(0, 2**31), st.sampled_from([(), (1,), (2,)]))
def test_along_edges_only_those_that_are_heard_count(seed, size):
    heard = np.random.default_rng(seed).random((9, 9)) < 0.4
    x = numbers(seed, 9, *size)
    world = world_of(x, heard * 0.7, column="opinion")
    rule = HegselmannKrause("people", 0.4, "talks")
    found = after(world, rule)["people"]["opinion"]
    assert np.abs(found.numpy() - compared(x.numpy(), 0.4, heard)).max() < 1e-14


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("over", [None, "talks"])
def test_opinions_keep_their_order_and_come_to_rest_bit_by_bit(dtype, over):
    x = numbers(3, 200).to(dtype)
    world = world_of(x, np.ones((200, 200)), column="opinion")
    rule, order = HegselmannKrause("people", 0.12, over), x.argsort()
    for _ in range(80):
        world = rule.apply(world, ACTING).advanced()
        if dtype == torch.float64:
            assert (world["people"]["opinion"][order].diff() > -1e-14).all()
    rest = rule.apply(world, ACTING)["people"]["opinion"]
    assert torch.equal(rest, world["people"]["opinion"])
    clusters = rest.unique()
    assert 2 <= len(clusters) <= 5 and (clusters.diff() > 0.12).all()


@pytest.mark.parametrize("over", [None, "talks"])
def test_a_difference_of_just_the_bound_is_within_it_whatever_rounding_does(over):
    """0.1 + 0.2 - 0.1 and 0.3 - 0.1 are other numbers than 0.2."""
    x = torch.tensor([0.1, 0.1 + 0.2, 0.5], dtype=torch.float64)
    world = world_of(x, np.ones((3, 3)), column="opinion")
    found = after(world, HegselmannKrause("people", 0.2, over))["people"]["opinion"]
    assert found.tolist() == pytest.approx([0.2, 0.3, 0.4])
    less = after(world, HegselmannKrause("people", 0.2 - 1e-12, over))["people"]["opinion"]
    assert less.tolist() == pytest.approx([0.1, 0.3, 0.5])


def test_far_from_zero_the_mean_is_as_exact():
    x = numbers(4, 50)
    rule = HegselmannKrause("people", 0.1)
    near, far = (
        after(world_of(x + shift, column="opinion"), rule)["people"]["opinion"] - shift
        for shift in (0.0, 1e6)
    )
    assert (near - far).abs().max() < 1e-8


def test_opinions_that_cannot_be_sorted_are_refused():
    world = world_of(numbers(5, 4, 2), column="opinion")
    with pytest.raises(ShapeError) as refused:
        HegselmannKrause("people").prepare(world, ACTING)
    assert str(refused.value) == (
        "rules.agree.state: 'opinion' of 2 numbers for each agent\n"
        "  expected: one number, if all hear all\n"
        "  fix: write 'over:' with a relation such as a complete graph"
    )


@pytest.mark.parametrize("over", [None, "talks"])
@pytest.mark.parametrize("size", [(), (1,)])
def test_who_acts_alone_becomes_what_it_becomes_with_all_and_the_others_stay(over, size):
    heard = np.random.default_rng(5).random((12, 12)) < 0.5
    x = numbers(5, 12, *size)
    world = world_of(x, heard * 0.7, column="opinion")
    rule = HegselmannKrause("people", 0.3, over)
    together = rule.apply(world, ACTING)["people"]["opinion"]
    acting, rest = torch.tensor([7, 0, 3]), torch.tensor([1, 2, 4, 5, 6, 8, 9, 10, 11])
    alone = rule.apply(world, replace(ACTING, agents=acting))["people"]["opinion"]
    assert torch.equal(alone[acting], together[acting])
    assert torch.equal(alone[rest], x[rest]) and not torch.equal(together[rest], x[rest])
    assert rule.read_along() == (None if over is None else ("talks",))
