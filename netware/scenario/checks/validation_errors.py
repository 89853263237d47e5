"""Turns what pydantic refuses into problems with a place, a range and a repair."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from netware.errors import Problem
from netware.scenario.checks.allowed import Schema, expected, keys, shown
from netware.scenario.checks.suggest import closest, listed, meant
from netware.scenario.document import Document, Path


MOST_PROBLEMS = 100
CODES = {
    "slug": "P-NAME",
    "missing": "S-MISSING",
    "extra_forbidden": "S-UNKNOWN",
    "literal_error": "S-ENUM",
    "finite_number": "E-NONFINITE",
    "string_pattern_mismatch": "S-RANGE",
    "string_too_long": "S-RANGE",
    "string_too_short": "S-RANGE",
    "at_alone": "S-RANGE",
    "until_early": "S-RANGE",
}
RANGES = ("greater_than", "less_than", "too_short", "too_long", "multiple_of")
RANK = ("P-NAME", "S-UNKNOWN", "S-MISSING", "E-NONFINITE", "S-RANGE", "S-ENUM", "S-TYPE")
Error = Mapping[str, Any]


def mistakes(
    error: ValidationError,
    document: Document,
    base: Path,
    schema: Schema,
    also: tuple[str, ...] = (),
) -> list[Problem]:
    """Returns one problem for each place at which a validation failed.

    Args:
        error: What pydantic found.
        document: Where the values came from.
        base: Path of the value that was validated.
        schema: JSON Schema of the validated model.
        also: Further keys allowed at `base`.
    """
    by_path: dict[Path, list[Error]] = {}
    for one in error.errors(include_input=False, include_url=False)[: 10 * MOST_PROBLEMS]:
        path = resolved(document.get(base), one)
        by_path.setdefault(path, []).append(one)
    places = [path for path in by_path if not shadowed(path, by_path)][:MOST_PROBLEMS]
    return [
        mistake(
            chosen(by_path[path], document.get(base + path)), path, document, base, schema, also
        )
        for path in places
    ]


def resolved(value: Any, error: Error) -> Path:
    """Returns the path of an error, without pydantic's names of the branches of a union."""
    path: Path = ()
    location: Path = error["loc"] or ("",)
    last = location[-1]
    for step in location:
        if isinstance(value, dict) and step in value:
            path, value = (*path, step), value[step]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            path, value = (*path, step), value[step]
    return (*path, last) if error["type"] == "missing" and isinstance(last, str) else path


def shadowed(path: Path, by_path: dict[Path, list[Error]]) -> bool:
    """Tells whether another branch of the same union failed deeper, and so says more."""
    kinds = {one["type"] for one in by_path[path]}
    if not all(kind.endswith(("_type", "literal_error")) for kind in kinds):
        return False
    return any(len(other) > len(path) and other[: len(path)] == path for other in by_path)


def code_of(error: Error) -> str:
    """Returns the short name of a mistake."""
    kind = error["type"]
    if kind == "missing" and isinstance(error["loc"][-1], int):
        return "S-RANGE"
    if kind in CODES:
        return CODES[kind]
    return "S-RANGE" if kind.startswith(RANGES) else "S-TYPE"


def chosen(errors: list[Error], value: Any) -> Error:
    """Returns the error that says most about the value, of those of all branches of a union."""
    if not isinstance(value, str):
        errors = [one for one in errors if one["type"] != "literal_error"] or errors
    return min(errors, key=lambda one: RANK.index(code_of(one)))


def mistake(
    error: Error, path: Path, document: Document, base: Path, schema: Schema, also: tuple[str, ...]
) -> Problem:
    """Words one problem."""
    whole, code = base + path, code_of(error)
    if error["loc"][-1:] == ("[key]",):
        return bad_key(whole, document)
    if code == "S-MISSING":
        return missing(whole, document, expected(path, schema))
    if code == "S-UNKNOWN":
        return unknown(whole, document, [*keys(path[:-1], schema), *also])
    value = document.get(whole)
    if error["type"] in ("at_alone", "until_early"):
        fix = (
            "delete 'at' or the others" if error["type"] == "at_alone" else "write a later 'until'"
        )
        wanted = "either at, or any of every, from, until with from <= until"
        return document.problem(whole, code, found=error["msg"], expected=wanted, fix=fix)
    wanted = expected(path, schema)
    found = f"{shown(value)} is {'out of range' if code == 'S-RANGE' else 'not allowed'}"
    if code == "S-TYPE":
        found = f"{shown(value)} has the wrong type"
    fix = repair(value, wanted, path[-1] if path else "")
    if code == "S-ENUM":
        choices = wanted.removeprefix("one of ").split(", ")
        near = closest(str(value), choices)
        found = f"{shown(value)} is not one of the choices{meant(near)}"
        fix = f"write '{near}'" if near else f"write {wanted}"
    return document.problem(whole, code, found=found, expected=wanted, fix=fix)


def repair(value: Any, wanted: str, key: str | int = "") -> str:
    """Names the next action for a value of the wrong type or out of range."""
    if isinstance(value, str) and wanted == "a mapping with type":
        told = ", rate: ..." if key == "optimiser" else ", ..."
        return f"write '{key}: {{type: {value[:60]}{told}}}'"
    if isinstance(value, str) and wanted.startswith(("an integer", "a number")):
        try:
            return f"remove the quotes: {float(value):g}"
        except ValueError:
            return f"write {wanted}"
    if isinstance(value, float) and value.is_integer() and wanted.startswith("an integer"):
        return f"write {int(value)}" if abs(value) < 1e15 else f"write {wanted}"
    return f"write {wanted}"


def missing(path: Path, document: Document, wanted: str) -> Problem:
    """Words that a key is missing; it is shown where its section begins."""
    key, around = str(path[-1]), document.get(path[:-1])
    near = closest(key, [str(word) for word in around] if isinstance(around, dict) else [])
    return document.problem(
        path,
        "S-MISSING",
        found=f"'{key}' is missing" + (f" (is '{near}' meant to be '{key}'?)" if near else ""),
        expected=wanted,
        fix=f"rename '{near}' to '{key}'" if near else f"add '{key}: ...' with {wanted}",
        key=path[:-1],
    )


def unknown(path: Path, document: Document, choices: list[str]) -> Problem:
    """Words that a key is not known."""
    key = str(path[-1])
    near = closest(key, choices)
    return document.problem(
        path,
        "S-UNKNOWN",
        found=f"'{key}' is no key here{meant(near)}",
        expected=listed(sorted(set(choices)), most=30),
        fix=f"write '{near}'" if near else f"delete '{key}'",
        key=path,
    )


def bad_key(path: Path, document: Document) -> Problem:
    """Words that the name of an entry is no name."""
    return document.problem(
        path,
        "P-NAME",
        found=f"'{path[-1]}' is no name of an entry",
        expected="a name of a-z, 0-9 and _ that begins with a letter, at most 64 characters",
        fix="rename the entry",
        key=path,
    )


def undefined(
    path: Path, document: Document, section: str, name: str, choices: list[str]
) -> Problem:
    """Words that a reference names an entry that is not there."""
    near = closest(name, choices)
    kind = section.removesuffix("s")
    return document.problem(
        path,
        "S-REF",
        found=f"unknown {kind} {shown(name)}{meant(near)}",
        expected=listed(sorted(choices)) if choices else f"an entry under '{section}'",
        fix=f"write '{near}'" if near else f"add an entry {shown(name)} under '{section}'",
    )
