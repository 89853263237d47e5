"""The threads of torch: as many after a run as the user had asked for before it."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def threads_restored() -> Iterator[int]:
    """Yields the number of threads that torch may use, and sets it again at the end, come what may.

    A thread that limits itself to one core limits every thread that begins after it.
    """
    threads = torch.get_num_threads()
    try:
        yield threads
    finally:
        torch.set_num_threads(threads)
