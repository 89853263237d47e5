"""Former words: of earlier scenarios, still read as the words of today, with a note."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from netware.scenario.checks.former import former_key, today
from netware.scenario.document import Document, Path


FORMER = {"room": "capacity"}
"""Keys of a population, and what they are called now."""


@dataclass(frozen=True)
class Nested:
    """A member within a member, whose keys stood beside it.

    Args:
        key: Key of the member within.
        keys: Its own keys.
        default: Its type where none was named.
    """

    key: str
    keys: tuple[str, ...]
    default: str


OPTIMISER = Nested(
    "optimiser", ("rate", "momentum", "beta1", "beta2", "eps", "weight_decay"), "adam"
)
GAME = Nested("game", ("power", "quota", "scale"), "size_power")
NESTED: dict[str, Nested] = {
    **dict.fromkeys(("gradient", "noise_prediction", "low_rank_control"), OPTIMISER),
    **dict.fromkeys(("merge_and_split", "shapley"), GAME),
}


@dataclass
class Rewriting:
    """What is written in other words.

    Args:
        moved: Path of today for each former one; None for what goes.
        notes: What a user should know, a sentence each.
    """

    moved: dict[Path, Path | None] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def population(self, path: Path, given: dict[str, Any]) -> dict[str, Any]:
        """Returns a population with keys of today; one that has both words keeps both."""
        old = [key for key in FORMER if key in given and FORMER[key] not in given]
        for key in old:
            self.moved[*path, key] = (*path, FORMER[key])
            self.notes.append(f"{entry_named(path)}: '{key}' is called '{FORMER[key]}' now")
        return {FORMER[key] if key in old else key: value for key, value in given.items()}

    def member(self, path: Path, family: str, by: str, given: dict[str, Any]) -> dict[str, Any]:
        """Returns a member whose type is one of today: a parameter has become types."""
        kind = given.get(by)
        if not isinstance(kind, str):
            return given
        key = former_key(family, kind, given)
        new = today(family, kind, key, given[key]) if key else ""
        if new:
            self.moved[*path, key] = None
            self.notes.append(f"{entry_named(path)}: '{key}: {given[key]}' is '{by}: {new}' now")
            given = {one: value for one, value in given.items() if one != key} | {by: new}
        return self.nested(path, given, NESTED[kind]) if kind in NESTED else given

    def nested(self, path: Path, given: dict[str, Any], own: Nested) -> dict[str, Any]:
        """Returns a member with a member of its own, whose keys stood beside it."""
        kind, found = given.get(own.key, own.default), [key for key in own.keys if key in given]
        if not isinstance(kind, str) or not (found or own.key in given):
            return given
        inner = {"type": kind, **{key: given[key] for key in found}}
        self.moved |= {(*path, key): (*path, own.key, key) for key in found}
        self.moved[*path, own.key] = (*path, own.key, "type")
        words = ", ".join(f"{key}: {value}" for key, value in inner.items())
        self.notes.append(f"{entry_named(path)}: written '{own.key}: {{{words}}}' now")
        rest = {key: value for key, value in given.items() if key not in (*found, own.key)}
        return {**rest, own.key: inner}


def entry_named(path: Path) -> str:
    """Names an entry: `rules.hit`, `events[0]`."""
    return f"{path[0]}[{path[1]}]" if isinstance(path[1], int) else f"{path[0]}.{path[1]}"


def of_today(path: Path) -> Path:
    """Returns the path of a population's key with the word of today in place of a former one."""
    if len(path) == 3 and path[0] == "populations" and isinstance(path[2], str):
        return (*path[:2], FORMER.get(path[2], path[2]))
    return path


def entries(data: dict[str, Any], section: str) -> Iterator[tuple[str | int, dict[str, Any]]]:
    """Yields the entries of a section that are mappings, by their names or places."""
    given = data.get(section)
    if isinstance(given, (dict, list)):
        pairs = given.items() if isinstance(given, dict) else enumerate(given)
        yield from ((key, one) for key, one in pairs if isinstance(one, dict))


def with_keys_of_today(document: Document) -> Document:
    """Returns a document with the words of today, each in its place, and a note for each."""
    words, data = Rewriting(), dict(document.data)
    for section in ("populations", "relations", "rules", "events", "probes"):
        changed = {}
        for key, given in entries(data, section):
            path = (section, key)
            if section == "populations":
                changed[key] = words.population(path, given)
            elif section == "events":
                changed[key] = words.member(path, "rules", "rule", given)
            else:
                changed[key] = words.member(path, section, "type", given)
        whole = data.get(section)
        if isinstance(whole, dict):
            data[section] = {**whole, **changed}
        elif isinstance(whole, list):
            data[section] = [changed.get(place, one) for place, one in enumerate(whole)]
    if not words.notes:
        return document

    def moved(places: Any) -> dict[Path, Any]:
        found = {words.moved.get(path, path): mark for path, mark in places.items()}
        return {path: mark for path, mark in found.items() if path is not None}

    return replace(
        document,
        data=data,
        keys=moved(document.keys),
        values=moved(document.values),
        notes=(*document.notes, *words.notes),
    )
