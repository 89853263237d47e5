"""Ranges `low:high:count` and lists `a,b,c` as they are written on a command line."""

import math
import re
from fractions import Fraction

from netware.scenario.yaml.scalars import FLOAT


MOST_VALUES = 10_000
RANGE = re.compile(r"\s*([^:\s]+):([^:\s]+):([0-9]{1,18})\s*")


def values_of(text: str) -> tuple[int | float, ...] | None:
    """Returns the values of a range `low:high:count`, or None if it is none."""
    match = RANGE.fullmatch(text)
    if match is None or not all(FLOAT.fullmatch(match.group(n)) for n in (1, 2)):
        return None
    ends = [float(match.group(n)) for n in (1, 2)]
    count = int(match.group(3))
    if not all(math.isfinite(end) and abs(end) < 1e30 for end in ends) or count > MOST_VALUES:
        return () if count > MOST_VALUES else None
    low, high = (Fraction(match.group(n)) for n in (1, 2))
    steps = [low + (high - low) * i / max(count - 1, 1) for i in range(count)]
    if all(word.lstrip("+-").isdigit() for word in match.group(1, 2)):
        whole = all(step.denominator == 1 for step in steps)
        return tuple(int(step) if whole else float(step) for step in steps)
    return tuple(float(step) for step in steps)


def varies(value: str) -> bool:
    """Tells whether the value of an argument is a list `1,2,3` or a range `0:1:11`."""
    return len(pieces(value)) > 1 or values_of(value) is not None


def pieces(text: str) -> list[tuple[int, str]]:
    """Splits at the commas outside of brackets and quotes; each piece with its place."""
    found, start, depth, quote = [], 0, 0, ""
    for place, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "[{":
            depth += 1
        elif character in "]}":
            depth -= 1
        elif character == "," and depth == 0:
            found.append((start, text[start:place]))
            start = place + 1
    return [*found, (start, text[start:])]
