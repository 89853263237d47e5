"""Overrides: `rules.fly.noise=0.2` on the command line, put into a document and then checked."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from netware.errors import Problem, ScenarioError
from netware.scenario.checks.consistency import entries
from netware.scenario.checks.suggest import closest, listed, meant
from netware.scenario.document import Document, Mark, Path, Source
from netware.scenario.former_keys import of_today
from netware.scenario.yaml.load import mark_problem, parse_value
from netware.scenario.yaml.scalars import Refusal


COMMAND_LINE = "command line"
LONGEST_KEY = 512
STEP = re.compile(r"([^.\[\]=\s]+)|\[([0-9]{1,6})\]")
NAMED = ("tasks", "populations", "relations", "rules", "probes")


@dataclass(frozen=True)
class Assignment:
    """One override: where its value goes, and the argument that it was written in.

    Args:
        path: Path of the value in the scenario.
        source: The whole argument, for carets.
        value: The text behind the first `=`.
    """

    path: Path
    source: Source
    value: str

    def mark(self) -> Mark:
        """Returns the place of the value."""
        return Mark(self.source, 1, len(self.source.text) - len(self.value) + 1)

    def expect(self, document: Document) -> None:
        """Raises an error if the path leads through what the document does not have."""
        refusal = misplaced(self.path, document)
        if refusal:
            mark = Mark(self.source, 1, 1)
            raise ScenarioError.together([mark_problem(mark, self.path, refusal)])

    def within(self, document: Document) -> Document:
        """Returns the document with this value in its place."""
        blank = re.sub(r"[^\n]", " ", self.source.text[: self.mark().column - 1])
        reading = parse_value(blank + self.value, self.source)
        key = Mark(self.source, 1, 1)
        keys = {self.path[:size]: key for size in range(1, len(self.path) + 1)}
        keys |= {self.path + path: mark for path, mark in reading.keys.items()}
        values = {self.path + path: mark for path, mark in reading.values.items()}
        values.setdefault(self.path, self.mark())
        return document.within(self.path, reading.root, keys, values)


def assign(document: Document, arguments: Iterable[str]) -> Document:
    """Returns a document with `a.b.c=value` arguments put in, all mistakes of them at once."""
    problems: list[Problem] = []
    for argument in arguments:
        try:
            assignment = assignment_of(argument)
            assignment.expect(document)
            document = assignment.within(document)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError.together(problems)
    return document


def assignment_of(argument: str) -> Assignment:
    """Splits an argument into the path and the value."""
    key, equals, value = argument.partition("=")
    source = Source(COMMAND_LINE, argument)
    path = path_of(key)
    if not equals or not path:
        mark = Mark(source, 1, max(1, len(key)))
        raise ScenarioError(
            str(mark),
            found=f"'{argument[:60]}' is no override",
            expected="a dotted key, '=', and a value",
            fix="write for example rules.agree.gain=0.2",
            code="S-UNKNOWN",
            excerpt=mark.excerpt(),
        )
    return Assignment(path, source, value)


def path_of(key: str) -> Path:
    """Returns the path of a dotted key such as `events[0].at`, or () if it is none."""
    if len(key) > LONGEST_KEY:
        return ()
    if key.startswith("sweep."):
        return ("sweep", key.removeprefix("sweep."))
    path: Path = ()
    place = 0
    while place < len(key):
        dot = key[place] == "." and place > 0
        match = STEP.match(key, place + dot)
        if match is None:
            return ()
        path = (*path, int(match.group(2)) if match.group(2) else match.group(1))
        place = match.end()
    return of_today(path)


def misplaced(path: Path, document: Document) -> Refusal | None:
    """Refuses a path through an entry or index that the document does not have."""
    section, choices = str(path[0]), []
    if section in NAMED and len(path) > 2 and path[1] not in entries(document, section):
        choices, step = list(entries(document, section)), path[1]
    else:
        step = next((one for n, one in enumerate(path) if beyond(document, path[:n], one)), None)
    if step is None:
        return None
    near = closest(str(step), choices)
    return Refusal(
        "S-UNKNOWN",
        f"{section} has no '{step}'{meant(near)}",
        listed(sorted(choices)) if choices else f"an entry of '{section}' in the scenario",
        f"write '{near}'" if near else f"add it to '{section}' in the scenario first",
    )


def beyond(document: Document, path: Path, step: str | int) -> bool:
    """Tells whether a step leads out of a list, or into one without an index."""
    around = document.get(path)
    if isinstance(step, int):
        return not isinstance(around, list) or step >= len(around)
    return isinstance(around, list)


def anchored(problem: Problem, document: Document) -> Problem:
    """Returns a problem that names a dotted key, such as `rules.fly.gain`, at its line."""
    path = path_of(problem.where.split(":")[0].strip())
    mark = document.mark(path)
    if not path or path[0] not in document.data or mark is None:
        return problem
    return replace(problem, where=f"{mark}: {problem.where}", excerpt=mark.excerpt())
