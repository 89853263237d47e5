"""Mistakes in the variants of a scenario: members of its sweep, and events that change it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from netware.errors import MOST_LINES, Problem
from netware.scenario.checks.allowed import shown
from netware.scenario.document import Document, Path, dotted
from netware.scenario.variants.overrides import misplaced, path_of
from netware.scenario.variants.sweep import Axis, alone, axes
from netware.scenario.yaml.scalars import Refusal


MOST_WORK = 40_000
CHANGEABLE = ("relations", "rules", "probes")

Examine = Callable[[Document], tuple[Any, list[Problem]]]


def mistakes_of_sweep(document: Document, examine: Examine, before: list[Problem]) -> list[Problem]:
    """Returns what is wrong with the swept keys and with values that they take.

    Allowed numbers form ranges, so the smallest and the largest stand for all; other values are
    examined one by one, as many as a second allows (a member is checked again before it runs).

    Args:
        document: The scenario with its sweep.
        examine: Returns what is wrong with a document.
        before: What is wrong with the document already.
    """
    found, problems = axes(document)
    single = alone(document)
    known = {(one.code, one.found) for one in before}
    examined = [(axis, index) for axis in found for index in representatives(axis.values)]
    for axis, index in examined[: budget(document, before)]:
        if broken(axis.path, before):
            continue
        path: Path = ("sweep", axis.key)
        refusal = misplaced(axis.path, single)
        wrong = [refused(document, path, refusal)] if refusal else []
        wrong = wrong or examine(axis.within(single, index))[1]
        for one in wrong:
            if (one.code, one.found) not in known:
                known.add((one.code, one.found))
                problems.append(of_sweep(one, axis, document))
    return problems


def broken(path: Path, before: list[Problem]) -> bool:
    """Tells whether the entry around `path` is wrong already, so that variants tell nothing."""
    entry = f": {dotted(path[:2])}."
    return len(path) > 2 and any(entry in f"{problem.where}." for problem in before)


def budget(document: Document, before: list[Problem]) -> int:
    """Returns how many variants of a document to examine: about a second's worth.

    None where so much is wrong already that no more would be shown.
    """
    return 0 if len(before) >= MOST_LINES else max(4, MOST_WORK // max(len(document.values), 100))


def refused(document: Document, path: Path, refusal: Refusal) -> Problem:
    """Returns the problem that the key at `path` is refused."""
    return document.problem(
        path,
        refusal.code,
        found=refusal.found,
        expected=refusal.expected,
        fix=refusal.fix,
        key=path,
    )


def of_sweep(problem: Problem, axis: Axis, document: Document) -> Problem:
    """Names the swept key in a problem with it."""
    path: Path = ("sweep", axis.key)
    code = "S-SWEEP" if problem.code in ("S-UNKNOWN", "S-MISSING") else problem.code
    where, excerpt = problem.where, problem.excerpt
    if code == "S-SWEEP":
        mark = document.key_mark(path)
        where, excerpt = document.named(mark, path), mark.excerpt() if mark else ""
    return replace(problem, where=where, code=code, excerpt=excerpt)


def representatives(values: tuple[Any, ...]) -> list[int]:
    """Returns the indices of the values to examine."""
    numbers = [i for i, value in enumerate(values) if type(value) in (int, float)]
    others = [i for i, value in enumerate(values) if type(value) not in (int, float)]
    by_type: dict[type, list[int]] = {}
    for index in numbers:
        by_type.setdefault(type(values[index]), []).append(index)
    ends = {end(group, key=lambda i: values[i]) for group in by_type.values() for end in (min, max)}
    return sorted({*others, *ends})


def mistakes_of_changes(
    document: Document, examine: Examine, before: list[Problem]
) -> list[Problem]:
    """Returns what is wrong with the keys that events set and with the values they give them."""
    single = alone(document)
    events = document.data.get("events")
    changes = [
        (("events", index, "set", key), key, value)
        for index, event in enumerate(events if isinstance(events, list) else [])
        if isinstance(event, dict) and isinstance(event.get("set"), dict)
        for key, value in event["set"].items()
    ]
    known = {(one.code, one.found) for one in before}
    problems: list[Problem] = []
    for path, key, value in changes[: budget(document, before)]:
        target = path_of(key)
        if broken(target, before):
            continue
        wrong = unchangeable(document, path, target)
        refusal = None if wrong else misplaced(target, single)
        if refusal:
            wrong = [refused(document, path, refusal)]
        if not wrong:
            _, wrong = examine(within(single, path, target, value))
        for one in wrong:
            if (one.code, one.found) not in known:
                known.add((one.code, one.found))
                problems.append(one)
    return problems


def within(document: Document, path: Path, target: Path, value: Any) -> Document:
    """Returns the document with the value written at `path` put at `target`."""
    size = len(path)
    values = {target + p[size:]: m for p, m in document.values.items() if p[:size] == path}
    keys = {target + p[size:]: m for p, m in document.keys.items() if p[:size] == path}
    return document.within(target, value, keys, values)


def unchangeable(document: Document, path: Path, key: Path) -> list[Problem]:
    """Refuses an event that changes what is fixed once a run has begun."""
    inputs = key[:1] == ("populations",) and key[2:3] == ("inputs",)
    if (key[:1] and key[0] in CHANGEABLE and len(key) > 2 and key[2] != "type") or inputs:
        return []
    return [
        document.problem(
            path,
            "S-EVENT",
            found=f"{shown(path[-1])} cannot change during a run",
            expected="a parameter of a relation, a rule, a probe or of inputs: rules.agree.gain",
            fix="write such a key, or start another run",
            key=path,
        )
    ]
