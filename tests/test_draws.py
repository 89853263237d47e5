"""Random numbers: known answers, and independence of chunk, subset, population and replica."""

import random

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netware.draws import (
    TWISTER,
    Draws,
    Purpose,
    chance_of_others,
    chance_of_others_restored,
    key_of,
    philox,
    replica_seeds,
    seed_others,
)


KNOWN = [
    (0, 0, 0, 0, 0, 0, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    (*[0xFFFFFFFF] * 6, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    (
        *(0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0),
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


@pytest.mark.parametrize("vector", KNOWN)
def test_philox_gives_the_known_answers(vector) -> None:
    *counter, k0, k1, expected = vector
    c0, c1, c2, c3 = (torch.tensor([word]) for word in counter)
    words = philox(c0, c1, c2, c3, k0, k1)
    assert " ".join(f"{int(word):08x}" for word in words) == expected


def test_no_purpose_has_the_number_of_another() -> None:
    numbers = [int(purpose) for purpose in Purpose]
    assert numbers == sorted(set(numbers))
    assert Purpose.WEIGHTS == 1 and Purpose.MESA == 12, "the table is append only"


def stream(seed=1, replicas=1, agents=10, step=0, purpose=Purpose.RULE, name="rules.fly"):
    return Draws.of(seed, replicas).stream(purpose, name, agents, step)


@given(st.integers(0, 2**63 - 1), st.integers(1, 70), st.sampled_from([(), (1,), (3,), (2, 5)]))
def test_a_subset_of_agents_draws_what_it_draws_in_the_crowd(seed, agents, size) -> None:
    crowd = stream(seed, 2, agents)
    some = torch.arange(2 * agents)[:: max(1, agents // 3)]
    assert torch.equal(crowd.of(some).words(size), crowd.words(size)[some])


@given(st.integers(0, 2**32), st.integers(1, 40))
def test_a_larger_population_moves_nobody_else(seed, agents) -> None:
    assert torch.equal(
        stream(seed, agents=agents).words(), stream(seed, agents=99).words()[:agents]
    )


def test_replica_r_draws_what_a_run_with_its_seed_draws() -> None:
    together = stream(5, replicas=3, agents=6).words((2,)).view(3, 6, 2)
    for replica, seed in enumerate(replica_seeds(5, 3)):
        assert torch.equal(together[replica], stream(seed, agents=6).words((2,)))
    assert replica_seeds(5, 3)[0] == 5


def test_name_step_purpose_and_seed_all_change_the_numbers() -> None:
    base = stream().words()
    others = [
        stream(name="rules.swim"),
        stream(step=1),
        stream(purpose=Purpose.STATE),
        stream(seed=2),
    ]
    for other in others:
        assert (other.words() == base).sum() == 0


def test_blocks_are_used_once() -> None:
    words = stream(agents=4000).words((9,)).flatten()
    assert len(words.unique()) > 0.999 * len(words)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_uniform_and_normal_have_their_moments(dtype) -> None:
    many = stream(agents=200_000)
    uniform, normal = many.uniform(2.0, 4.0, dtype=dtype), many.normal(1.0, 2.0, dtype=dtype)
    assert uniform.dtype == normal.dtype == dtype
    assert 2.0 <= uniform.min() and uniform.max() < 4.0
    assert abs(uniform.mean() - 3.0) < 4 * (2 / 12**0.5) / 200_000**0.5
    assert abs(normal.mean() - 1.0) < 4 * 2 / 200_000**0.5
    assert abs(normal.std() - 2.0) < 4 * 2 / (2 * 200_000) ** 0.5
    assert abs(((normal - 1) / 2).pow(4).mean() - 3) < 4 * (96 / 200_000) ** 0.5


def test_integers_and_bernoulli_are_fair() -> None:
    many = stream(agents=120_000)
    counts = torch.bincount(many.integers(6), minlength=6)
    assert len(counts) == 6
    chi2 = ((counts - 20_000).double().square() / 20_000).sum()
    assert chi2 < 25, "chi-squared of 5 degrees of freedom"
    assert abs(many.bernoulli(0.3).double().mean() - 0.3) < 4 * (0.21 / 120_000) ** 0.5
    assert not many.bernoulli(0.0).any() and many.bernoulli(1.0).all()


def test_order_is_a_permutation_of_each_replica() -> None:
    order = stream(replicas=3, agents=50).order().view(3, 50)
    for replica in range(3):
        assert torch.equal(order[replica].sort().values, torch.arange(50) + 50 * replica)
    assert not torch.equal(order[0], order[1] - 50)


def test_keys_are_those_of_numpys_seed_sequence() -> None:
    assert key_of(7) == tuple(np.random.SeedSequence(7).generate_state(2, np.uint32).tolist())
    assert all(0 <= seed < 2**63 for seed in replica_seeds(2**63 - 1, 50))
    assert len(set(replica_seeds(0, 50))) == 50


def test_too_many_numbers_per_agent_are_refused() -> None:
    with pytest.raises(ValueError, match="exceed the counter"):
        stream(agents=1).words((2**34,))


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize("size", [(), (3,), (0,), (5, 2)])
def test_no_agents_draw_no_numbers(replicas, size) -> None:
    none = torch.zeros(0, dtype=torch.int64)
    whole = stream(replicas=replicas, agents=8)
    for drawn in (whole.of(none), whole.identified(torch.arange(8 * replicas) % 8).of(none)):
        assert drawn.words(size).shape == drawn.uniform(size=size).shape == (0, *size)
        assert drawn.normal(size=size).shape == drawn.integers(5, size).shape == (0, *size)
        assert drawn.bernoulli(0.5, size).shape == (0, *size)
    assert whole.words((0,)).shape == (8 * replicas, 0)


def test_in_an_order_the_absent_come_last_and_the_others_as_they_would_anyway() -> None:
    present = torch.arange(100) % 3 != 0
    order, part = stream(replicas=2, agents=50).order(), present.view(2, 50)
    found = stream(replicas=2, agents=50).order(present).view(2, 50)
    for replica, many in enumerate(part.sum(1).tolist()):
        own = order.view(2, 50)[replica]
        assert torch.equal(found[replica, :many], own[present[own]])
        assert not present[found[replica, many:]].any()
    assert torch.equal(stream(replicas=2, agents=50).order(torch.ones(100).bool()), order)


def test_the_chance_of_others_is_seeded_in_all_three_and_put_back_after_a_mistake() -> None:
    torch.manual_seed(3)
    np.random.seed(3)
    before = chance_of_others()[:2]
    drawn = []
    for seed in (2**62 + 1, 2**62 + 1, 2**62, 1):
        with pytest.raises(ZeroDivisionError), chance_of_others_restored():
            seed_others(seed)
            drawn.append((float(torch.rand(())), float(np.random.rand()), random.random()))
            raise ZeroDivisionError
    assert drawn[0] == drawn[1] and len(set(drawn)) == 3
    assert all(len({one[kind] for one in drawn}) == 3 for kind in range(3))
    assert chance_of_others()[:2] == before


def test_the_state_of_pytorch_is_the_twister_s_where_it_is_written() -> None:
    with chance_of_others_restored():
        torch.manual_seed(12345)
        state = torch.default_generator.get_state()
        wanted = np.random.RandomState(12345).get_state()[1]
        assert np.array_equal(state.numpy()[TWISTER].view(np.uint64), wanted)
        seed_others(7 | 9 << 32)
        drawn = torch.rand(700, dtype=torch.float32) * 2**24
        twister = np.random.RandomState([7, 9, 1])
        words = [int(twister.randint(0, 2**32, dtype=np.uint32)) & (2**24 - 1) for _ in range(700)]
        assert drawn.long().tolist() == words


def test_who_has_drawn_is_seen() -> None:
    with chance_of_others_restored():
        for which, draw in enumerate((lambda: torch.rand(1), np.random.rand)):
            seed_others(5)
            before = chance_of_others()
            draw()
            changed = [a != b for a, b in zip(before[:2], chance_of_others()[:2], strict=True)]
            assert changed == [which == 0, which == 1]
