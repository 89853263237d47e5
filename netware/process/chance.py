"""The generators of the process, which the user's code draws from and netware's own does not."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch


MASK = 0xFFFFFFFF
TWISTER = slice(24, 24 + 8 * 624)
"""Where the words of PyTorch's generator stand in its state, after its seed and its place."""


@contextmanager
def chance_of_others_restored() -> Iterator[None]:
    """Puts the generators of PyTorch, NumPy and Python back once the block ends.

    Code of the user's draws from these; nothing of netware's own does.
    """
    numpy, python = np.random.get_state(), random.getstate()
    with torch.random.fork_rng(devices=[]):
        try:
            yield
        finally:
            np.random.set_state(numpy)
            random.setstate(python)


def seed_others(seed: int) -> None:
    """Seeds the generators of PyTorch, NumPy and Python with 63 bits.

    By itself PyTorch takes 32, with which two of 100,000 agents are likely to begin alike. So it
    gets the state that NumPy makes of all of them; both are the same twister, MT19937.
    """
    low, high = seed & MASK, seed >> 32
    np.random.seed([low, high, 1])
    words: Any = np.random.get_state()
    torch.default_generator.manual_seed(low)
    state = torch.default_generator.get_state()
    state.numpy()[TWISTER].view(np.uint64)[:] = words[1]
    torch.default_generator.set_state(state)
    np.random.seed([low, high])
    random.seed(seed)


def chance_of_others() -> tuple[bytes, ...]:
    """Returns marks of the three generators: one that differs has drawn in between."""
    kind, keys, *rest = np.random.get_state()
    numpy = repr((kind, rest)).encode() + np.asarray(keys).tobytes()
    state: Any = torch.default_generator.get_state().numpy().tobytes()
    return state, numpy, repr(random.getstate()).encode()
