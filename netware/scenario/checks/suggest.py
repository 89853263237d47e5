"""Did you mean: the nearest of the allowed words, with bounded work."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from heapq import nlargest
from itertools import islice


LONGEST_WORD = 64
MOST_CHOICES = 200
MOST_COMPARED = 12


@lru_cache(maxsize=1024)
def pairs(word: str) -> frozenset[str]:
    """Returns the letters of a word and its pairs of neighbouring letters."""
    return frozenset(word) | {word[i : i + 2] for i in range(len(word) - 1)}


def closest(word: str, choices: Iterable[str]) -> str | None:
    """Returns the choice that looks most like `word`, or None if none does."""
    if len(word) > LONGEST_WORD:
        return None
    by_lower = {
        one.lower(): one for one in islice(choices, MOST_CHOICES) if len(one) <= LONGEST_WORD
    }
    own = pairs(word.lower())
    likely = nlargest(
        MOST_COMPARED,
        by_lower,
        key=lambda one: len(own & pairs(one)) / (len(own | pairs(one)) or 1),
    )
    matches = get_close_matches(word.lower(), likely, n=1, cutoff=0.6)
    return by_lower[matches[0]] if matches else None


def meant(near: str | None) -> str:
    """Returns ` (did you mean 'x'?)`, or nothing."""
    return f" (did you mean '{near}'?)" if near else ""


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Returns ` (did you mean 'x'?)` for the choice that looks most like `word`, or nothing."""
    return meant(closest(word, choices))


def listed(choices: Iterable[str], most: int = 12) -> str:
    """Writes `one of a, b, c`, cut after `most`."""
    words = list(choices)
    if not words:
        return "nothing"
    rest = f", ... ({len(words) - most} more)" if len(words) > most else ""
    return ("one of " if len(words) > 1 else "") + ", ".join(words[:most]) + rest
