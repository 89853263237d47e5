"""Did you mean: the nearest of the allowed words, with bounded work."""

from collections.abc import Iterable
from difflib import get_close_matches


LONGEST_WORD = 64
MOST_CHOICES = 200


def closest(word: str, choices: Iterable[str]) -> str | None:
    """Returns the choice that looks most like `word`, or None if none does."""
    if len(word) > LONGEST_WORD:
        return None
    pool = [choice for choice in choices if len(choice) <= LONGEST_WORD][:MOST_CHOICES]
    by_lower = {choice.lower(): choice for choice in reversed(pool)}
    matches = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[matches[0]] if matches else None


def meant(word: str, choices: Iterable[str]) -> str:
    """Returns ` (did you mean 'x'?)`, or nothing."""
    near = closest(word, choices)
    return f" (did you mean '{near}'?)" if near else ""


def listed(choices: Iterable[str], most: int = 12) -> str:
    """Writes `one of a, b, c`, cut after `most`."""
    words = list(choices)
    if not words:
        return "nothing"
    rest = f", ... ({len(words) - most} more)" if len(words) > most else ""
    return ("one of " if len(words) > 1 else "") + ", ".join(words[:most]) + rest
