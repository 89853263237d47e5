"""Sweeps: one scenario with lists or ranges of values becomes many, in a fixed order.

All members of a sweep keep the root seed of the scenario, so that they see the same random
numbers (common random numbers): differences between them come from the values alone. To vary
chance, sweep over `seed` itself, or ask for replicas.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from netware.errors import Problem, ScenarioError
from netware.scenario.document import Document, Mark, Path
from netware.scenario.variants.overrides import Assignment, assign, assignment_of, path_of
from netware.scenario.variants.ranges import pieces, values_of, varies
from netware.scenario.yaml.load import parse_value


MOST_MEMBERS = 10_000


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
    keys: dict[Path, Mark] = {path[:n]: Mark(assignment.source, 1, 1) for n in (1, 2)}
    if values_of(text) is not None:
        return document.within(path, text.strip(), keys, {path: mark})
    values: list[Any] = []
    marks: dict[Path, Mark] = {path: mark}
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
