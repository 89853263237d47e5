"""The cases of a law: blocks of seeds, and what is said about a scenario that breaks it."""

from collections.abc import Callable
from secrets import randbits
from zlib import crc32

import pytest

from tests.laws import worlds
from tests.laws.scenarios import Plain, valid


QUICK = 7
"""Seeds of the fixed block of a law in `make test`."""
AMONG = 180
"""Seeds that the fixed blocks are taken from; laws that share one compose its scenario once."""
DEEP = (20, 50)
"""Blocks of a law in `make test-all`, and seeds in each."""
DRAWN = 3
"""Seeds of the block that every run draws for itself, the same for all laws."""
FIRST_DRAWN = randbits(40)


def blocks(law: str) -> pytest.MarkDecorator:
    """Returns the blocks of seeds of a law: a fixed one, one drawn by each run, and the many."""
    chance = crc32(law.encode())
    some = range(chance % AMONG, chance % AMONG + QUICK)
    deep, size = DEEP
    after = chance % 10**6 + 10**7
    many = [range(after + k * size, after + (k + 1) * size) for k in range(deep)]
    return pytest.mark.parametrize(
        "block",
        [
            pytest.param(some, id=f"{some.start}-{some.stop}"),
            pytest.param(None, id="drawn"),
            *(pytest.param(one, id=f"{one.start}", marks=pytest.mark.t2) for one in many),
        ],
    )


def hold(
    law: Callable[[int, Plain], None],
    block: range | None,
    scenario: Callable[[int], Plain | None] = valid,
) -> None:
    """Tries a law on the valid scenario of each seed of a block.

    A run whose numbers grow beyond all bounds ends with an error that says so, and is let go.
    """
    if block is None:
        block = range(FIRST_DRAWN, FIRST_DRAWN + DRAWN)
    for seed in block:
        try_one(law, seed, scenario(seed))


def try_one(law: Callable[[int, Plain], None], seed: int, data: Plain | None) -> None:
    """Tries a law on the scenario of one seed; a failure tells both."""
    if data is None:
        return
    try:
        law(seed, data)
    except worlds.StateError as error:
        if not worlds.is_not_finite(error):
            raise told(error, seed, data) from None
    except Exception as error:
        raise told(error, seed, data) from None


def told(error: Exception, seed: int, data: Plain) -> Exception:
    """Returns an error that also says the seed and the scenario."""
    error.add_note(f"seed {seed}:\n{worlds.text_of(data)}")
    return error
