import random

import numpy as np
import pytest
import torch

from netware.process.chance import (
    TWISTER,
    chance_of_others,
    chance_of_others_restored,
    seed_others,
)


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
        numpy_s = np.random.RandomState(12345).get_state(legacy=False)
        assert isinstance(numpy_s, dict)
        wanted = numpy_s["state"]["key"]
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
