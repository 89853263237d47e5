"""Sweeps: one scenario with lists or ranges of values becomes many, in a fixed order.

All members of a sweep keep the root seed of the scenario, so that they see the same random
numbers (common random numbers): differences between them come from the values alone. To vary
chance, sweep over `seed` itself, or ask for replicas.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import Any

from netware.errors import MOST_LINES, Problem, ScenarioError
from netware.scenario.document import Document, Mark, Path
from netware.scenario.load import parse_value
from netware.scenario.overrides import Assignment, assign, assignment_of, misplaced, path_of
from netware.scenario.scalars import FLOAT, Refusal


MOST_MEMBERS = 10_000
MOST_WORK = 40_000
RANGE = re.compile(r"\s*([^:\s]+):([^:\s]+):([0-9]{1,18})\s*")

Examine = Callable[[Document], tuple[Any, list[Problem]]]


@dataclass(frozen=True)
class Axis:
    """One swept key and its values.

    Args:
        key: Dotted key as written.
        path: Its path in the scenario.
        values: The values it takes.
        places: Where each value stands.
    """

    key: str
    path: Path
    values: tuple[Any, ...]
    places: tuple[Mark | None, ...]

    def within(self, document: Document, index: int) -> Document:
        """Returns the document with value `index` in its place."""
        mark = self.places[index]
        marks = {} if mark is None else {self.path: mark}
        keys = {self.path[: n + 1]: mark for n in range(len(self.path)) if mark is not None}
        return document.within(self.path, self.values[index], keys, marks)


@dataclass(frozen=True)
class SweepMember:
    """One scenario of a sweep.

    Args:
        index: Its number, from 0, in the order of the product: the last key varies fastest.
        values: The value of each swept key.
    """

    index: int
    values: Mapping[str, Any]

    @property
    def arguments(self) -> tuple[str, ...]:
        """The overrides that make a single run of this member."""
        return tuple(
            f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in self.values.items()
        )


def values_of(text: str) -> tuple[int | float, ...] | None:
    """Returns the values of a range `low:high:count`, or None if it is none."""
    match = RANGE.fullmatch(text)
    if match is None or not all(FLOAT.fullmatch(match.group(n)) for n in (1, 2)):
        return None
    ends = [float(match.group(n)) for n in (1, 2)]
    count = int(match.group(3))
    if not all(math.isfinite(end) and abs(end) < 1e30 for end in ends) or count > MOST_MEMBERS:
        return () if count > MOST_MEMBERS else None
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


def extend(document: Document, arguments: Iterable[str]) -> Document:
    """Returns a document with overrides put in, lists and ranges of them into `sweep`."""
    problems: list[Problem] = []
    for argument in arguments:
        try:
            assignment = assignment_of(argument)
            if not varies(assignment.value) or assignment.path[0] == "sweep":
                document = assign(document, [argument])
                continue
            assignment.expect(document)
            document = swept(document, assignment)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError.together(problems)
    return document


def swept(document: Document, assignment: Assignment) -> Document:
    """Returns a document whose `sweep` has the values of an argument."""
    key, _, text = assignment.source.text.partition("=")
    path: Path = ("sweep", key)
    mark = assignment.mark()
    keys = {path[:n]: Mark(assignment.source, 1, 1) for n in (1, 2)}
    if values_of(text) is not None:
        return document.within(path, text.strip(), keys, {path: mark})
    values, marks = [], {path: mark}
    for index, (place, piece) in enumerate(pieces(text)):
        reading = parse_value(" " * (mark.column - 1 + place) + piece, assignment.source)
        values.append(reading.root)
        marks[(*path, index)] = Mark(assignment.source, 1, mark.column + place)
    return document.within(path, values, keys, marks)


def axes(document: Document) -> tuple[tuple[Axis, ...], list[Problem]]:
    """Returns the swept keys of a document with their values, and what is wrong with them."""
    found: list[Axis] = []
    problems: list[Problem] = []
    section = document.data.get("sweep")
    for key, written in (section if isinstance(section, dict) else {}).items():
        path: Path = ("sweep", key)
        values = values_of(written) if isinstance(written, str) else written
        values = tuple(values) if isinstance(values, list | tuple) else None
        refused = refusal(key, values, written)
        if refused or values is None:
            found_text, expected = refused or ("", "")
            fix = "write for example rules.agree.gain: [0.05, 0.1] or 0:1:11"
            problems.append(
                document.problem(path, "S-SWEEP", found=found_text, expected=expected, fix=fix)
            )
            continue
        places = tuple(document.mark((*path, index)) for index in range(len(values)))
        found.append(Axis(key, path_of(key), values, places))
    count = math.prod(len(axis.values) for axis in found)
    if count > MOST_MEMBERS:
        sizes = " x ".join(str(len(axis.values)) for axis in found)
        fix = "sweep over fewer values, or in several sweeps"
        problems.append(
            document.problem(
                ("sweep",),
                "S-SWEEP",
                found=f"{sizes} = {count} members",
                expected=f"at most {MOST_MEMBERS}",
                fix=fix,
            )
        )
    return tuple(found), problems


def refusal(key: str, values: tuple[Any, ...] | None, written: Any) -> tuple[str, str] | None:
    """Says what was found and what is expected, if a key cannot be swept so."""
    expected = "a list of different values, or low:high:count"
    if not path_of(key) or path_of(key)[0] in ("sweep", "netware", "name"):
        return f"'{key[:60]}' cannot be swept over", "the dotted key of a value in the scenario"
    if values is None:
        return f"'{key}' has neither a list nor a range", expected
    if not values:
        many = re.fullmatch(r".*:([0-9]+)", written) if isinstance(written, str) else None
        count = f"{many.group(1)} values" if many else "an empty list"
        return f"'{key}' has {count}", f"{expected}, 1 to {MOST_MEMBERS} values"
    texts = [json.dumps(value, sort_keys=True) for value in values]
    if len(set(texts)) < len(texts):
        twice = next(text for text in texts if texts.count(text) > 1)
        return f"'{key}' has duplicate values, {len(texts)} of which {twice} stands twice", expected
    return None


def expand(document: Document) -> tuple[SweepMember, ...]:
    """Returns the members of a checked document's sweep; one without values if it has none."""
    found, problems = axes(document)
    if problems:
        raise ScenarioError.together(problems)
    keys = [axis.key for axis in found]
    combinations = product(*(axis.values for axis in found))
    return tuple(
        SweepMember(index, dict(zip(keys, values, strict=True)))
        for index, values in enumerate(combinations)
    )


def member_document(document: Document, member: SweepMember) -> Document:
    """Returns the document of one member: its values in their places, and no sweep."""
    found, _ = axes(document)
    single = alone(document)
    for axis in found:
        single = axis.within(single, axis.values.index(member.values[axis.key]))
    return single


def alone(document: Document) -> Document:
    """Returns a document without its sweep."""
    data = {key: value for key, value in document.data.items() if key != "sweep"}
    return replace(document, data=data)


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
        path: Path = ("sweep", axis.key)
        refusal = misplaced(axis.path, single)
        wrong = [refused(document, path, refusal)] if refusal else []
        wrong = wrong or examine(axis.within(single, index))[1]
        for one in wrong:
            if (one.code, one.found) not in known:
                known.add((one.code, one.found))
                problems.append(of_sweep(one, axis, document))
    return problems


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
