"""Former keys: words of earlier scenarios that are still read, as the word of today."""

from dataclasses import replace
from typing import Any

from netware.scenario.document import Document, Path


FORMER = {"room": "capacity"}
"""Keys of a population, and what they are called now."""


def of_today(path: Path) -> Path:
    """Returns a path with the word of today in place of a former one."""
    if len(path) == 3 and path[0] == "populations" and isinstance(path[2], str):
        return (*path[:2], FORMER.get(path[2], path[2]))
    return path


def with_keys_of_today(document: Document) -> Document:
    """Returns a document with the words of today, each in its place, and a note for each.

    A population that has both words keeps both, so that the former one is refused.
    """
    data, renamed = dict(document.data), {}
    populations = data.get("populations")
    for name, given in (populations if isinstance(populations, dict) else {}).items():
        old = [key for key in FORMER if isinstance(given, dict) and key in given]
        for key in (key for key in old if FORMER[key] not in given):
            renamed["populations", name, key] = ("populations", name, FORMER[key])
    if not renamed:
        return document
    data["populations"] = {
        name: {of_today(("populations", name, key))[2]: value for key, value in given.items()}
        if any(path[1] == name for path in renamed)
        else given
        for name, given in data["populations"].items()
    }

    def moved(places: Any) -> dict[Path, Any]:
        return {renamed.get(path, path): mark for path, mark in places.items()}

    notes = tuple(
        f"populations.{name}: '{key}' is called '{FORMER[key]}' now" for _, name, key in renamed
    )
    return replace(
        document,
        data=data,
        keys=moved(document.keys),
        values=moved(document.values),
        notes=(*document.notes, *notes),
    )
