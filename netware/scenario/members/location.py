"""Location: the files that a scenario names, found from the folder that the scenario is in."""

from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from pathlib import Path as FilePath
from typing import Any, get_args

from netware.errors import Problem, ScenarioError
from netware.files.origin import located
from netware.parameters import InFolder
from netware.scenario.checks.consistency import entries
from netware.scenario.document import Document, Path
from netware.scenario.members.assemble import hints
from netware.scenario.members.signature import key, nested_family


Find = Callable[[str, str], type]
SECTIONS = ("tasks", "relations", "rules", "probes")


def with_folder(document: Document, find: Find) -> Document:
    """Returns a document whose paths of files begin at the scenario's own folder.

    This holds for overrides of the command line as well: one rule for every path.
    """
    folder = FilePath(document.source.name).parent
    problems: list[Problem] = []
    for path, value in paths_of(document, find):
        mark = document.mark(path)
        marks = {} if mark is None else {path: mark}
        try:
            found = str(located(value, folder, ""))
        except ScenarioError as error:
            one = error.problems[0]
            problems.append(
                document.problem(
                    path, one.code, found=one.found, expected=one.expected, fix=one.fix
                )
            )
            continue
        document = document.within(path, found, {}, marks)
    if problems:
        raise ScenarioError.together(problems)
    return document


def paths_of(document: Document, find: Find) -> Iterator[tuple[Path, str]]:
    """Yields the place of every path of a file in a document, and the path as it is written."""
    for section in SECTIONS:
        for name, part in entries(document, section).items():
            yield from paths_in(section, part, (section, name), find)
    for name, population in entries(document, "populations").items():
        inner = population if isinstance(population, dict) else {}
        own: Path = ("populations", name)
        yield from paths_in("models", inner.get("model"), (*own, "model"), find)
        if isinstance(inner.get("names"), str):
            yield (*own, "names"), inner["names"]
        state = inner.get("state")
        for column, spec in (state if isinstance(state, dict) else {}).items():
            if isinstance(spec, dict) and isinstance(spec.get("file"), str):
                yield (*own, "state", column, "file"), spec["file"]
    events = document.data.get("events")
    for index, event in enumerate(events if isinstance(events, list) else []):
        yield from paths_in("rules", event, ("events", index), find, "rule")
        changes = event.get("set") if isinstance(event, dict) else None
        for dotted, value in (changes if isinstance(changes, dict) else {}).items():
            yield from paths_of_change(document, dotted, value, ("events", index, "set"), find)


def paths_of_change(
    document: Document, dotted: str, value: Any, path: Path, find: Find
) -> Iterator[tuple[Path, str]]:
    """Yields the paths of files in a new value of a parameter."""
    section, *keys = dotted.split(".")
    if section not in SECTIONS or len(keys) < 2:
        return
    family, part = section, document.get((section, keys[0]))
    for word in keys[1:-1]:
        hint = hint_of(family, part, word, find)
        family, part = nested_family(hint) or "", part.get(word) if part else None
    hint = hint_of(family, part, keys[-1], find)
    if isinstance(value, str) and is_file(hint):
        yield (*path, dotted), value
    elif inside := nested_family(hint):
        yield from paths_in(inside, value, (*path, dotted), find)


def hint_of(family: str, part: Any, word: str, find: Find) -> Any:
    """Returns the type of a parameter of a part, or None where there is no such parameter."""
    name = part.get("type") if isinstance(part, dict) else None
    try:
        cls = find(family, name) if isinstance(name, str) and name and family else None
    except ScenarioError:
        return None
    if cls is None or not is_dataclass(cls):
        return None
    return next((hint for one, hint in hints(cls).items() if key(one) == word), None)


def paths_in(
    family: str, part: Any, path: Path, find: Find, by: str = "type"
) -> Iterator[tuple[Path, str]]:
    """Yields the paths of files among the parameters of a part, and of the parts inside it."""
    name = part.get(by) if isinstance(part, dict) else None
    if not isinstance(name, str) or not name:
        return
    try:
        cls = find(family, name)
    except ScenarioError:
        return
    if not is_dataclass(cls):
        return
    for one, hint in hints(cls).items():
        value, inner = part.get(key(one)), (*path, key(one))
        if isinstance(value, str) and is_file(hint):
            yield inner, value
        elif family_inside := nested_family(hint):
            yield from paths_in(family_inside, value, inner, find)


def is_file(hint: Any) -> bool:
    """Tells whether a field holds the path of a file."""
    marks = getattr(hint, "__metadata__", ())
    return any(isinstance(mark, InFolder) for mark in marks) or any(
        is_file(inner) for inner in get_args(hint)
    )
