"""What the process is told once: freed memory is kept, and waiting threads soon give way."""

import ctypes
import os
import platform
from functools import cache


M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4
NEVER = 2**31 - 1
PAD = 256 << 20
SPINS = "2000"


def limit_spinning() -> None:
    """Lets threads that wait for each other give a busy core back after microseconds.

    The OpenMP library reads this when torch loads it: importing netware before torch is early
    enough, and a user who has set `GOMP_SPINCOUNT` keeps that. Workers inherit it.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", SPINS)


@cache
def keep_freed_memory() -> bool:
    """Tells glibc to hold on to freed memory; returns whether it did (elsewhere it does nothing).

    By default glibc hands the memory of large tensors back to the system as soon as they are
    freed, and the next step pays for every page again: a third of the time of learning. The price
    is that the process keeps the most that it has ever needed at once.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    settings = ((M_MMAP_MAX, 0), (M_TRIM_THRESHOLD, NEVER), (M_TOP_PAD, PAD))
    return all(mallopt(name, value) == 1 for name, value in settings)
