"""YAML 1.2 scalars: what a word without quotes means, and which words are refused as ambiguous."""

import math
import re
from dataclasses import dataclass


INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
OTHER_BASE = re.compile(r"[-+]?0(x[0-9a-fA-F_]+|o[0-7_]+|b[01_]+)")
UNDERSCORES = re.compile(r"[-+]?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?")
SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

NULLS = ("", "~", "null", "Null", "NULL")
BOOLEANS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
AMBIGUOUS = ("yes", "no", "on", "off")
LARGEST_INTEGER = 2**63 - 1
MOST_DIGITS = 20
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufffe\uffff]"
)


@dataclass(frozen=True)
class Refusal:
    """Why a scalar is no value.

    Args:
        code: Short name such as `E-AMBIG`.
        found: What stands there.
        expected: What is allowed.
        fix: What to write instead.
    """

    code: str
    found: str
    expected: str
    fix: str


def resolved(text: str) -> str | int | float | bool | Refusal | None:
    """Returns the value that a word without quotes has, or why it is refused."""
    if text in NULLS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if text[0] in "0123456789+-.":
        return number(text)
    if text.lower() in AMBIGUOUS:
        truth = "true" if text.lower() in ("yes", "on") else "false"
        return Refusal(
            "E-AMBIG",
            f"'{text}' is true or false to some readers and a text to others",
            "true, false, or a text in quotes",
            f"write {truth}, or quote it: '{text}'",
        )
    return text


def number(text: str) -> str | int | float | Refusal:
    """Returns the number that a word is, the word itself if it is none, or why it is refused."""
    if INTEGER.fullmatch(text):
        return integer(text)
    if NOT_FINITE.fullmatch(text):
        return not_finite(text)
    ambiguous = ambiguity(text)
    if ambiguous is not None:
        return ambiguous
    if not FLOAT.fullmatch(text):
        return text
    value = float(text)
    return value if math.isfinite(value) else not_finite(text)


def integer(text: str) -> int | Refusal:
    """Returns the integer, if 64 bits hold it."""
    if len(text) <= MOST_DIGITS and abs(int(text)) <= LARGEST_INTEGER:
        return int(text)
    return Refusal(
        "E-RANGE",
        f"integer outside 64 bits ({len(text.lstrip('+-'))} digits)",
        f"an integer from -{LARGEST_INTEGER} to {LARGEST_INTEGER}",
        "write a smaller integer",
    )


def not_finite(text: str) -> Refusal:
    """Refuses infinities and what is not a number."""
    return Refusal(
        "E-NONFINITE",
        f"'{text[:40]}' is not a finite number",
        "a finite number, at most 1.7e308",
        "write a finite number, or leave the key out",
    )


def ambiguity(text: str) -> Refusal | None:
    """Refuses numbers that YAML 1.1 and YAML 1.2 read differently."""
    shown = f"'{text[:40]}'"
    if LEADING_ZERO.fullmatch(text):
        fix = f"write {text.lstrip('+-').lstrip('0')[:40] or '0'}, or quote it"
        return Refusal("E-AMBIG", f"number {shown} with a leading zero", "a decimal number", fix)
    if OTHER_BASE.fullmatch(text):
        fix = "write the number with decimal digits, or quote it"
        return Refusal("E-AMBIG", f"number {shown} in another base", "a decimal number", fix)
    if "_" in text and UNDERSCORES.fullmatch(text):
        fix = f"write {text.replace('_', '')[:40]}, or quote it"
        return Refusal("E-AMBIG", f"number {shown} with underscores", "a decimal number", fix)
    if SEXAGESIMAL.fullmatch(text):
        fix = f"quote it: '{text[:40]}'"
        return Refusal("E-AMBIG", f"{shown} is a sexagesimal number to some", "a number", fix)
    return None


def forbidden(text: str) -> re.Match[str] | None:
    """Finds a control, bidirectional or surrogate character, which no scenario may hold."""
    return FORBIDDEN.search(text)
