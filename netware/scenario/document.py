"""A scenario as it was written: its values, and the place in a file of every one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from netware.errors import Problem, escaped, shows


Path = tuple[str | int, ...]

WIDEST = 100


@dataclass(frozen=True)
class Source:
    """A text that values come from: a file, or one argument of the command line."""

    name: str
    text: str

    def line(self, number: int) -> str:
        """Returns line `number`, counted from 1, without its end."""
        lines = self.text.splitlines()
        return lines[number - 1] if 0 < number <= len(lines) else ""


@dataclass(frozen=True)
class Mark:
    """A place in a source, line and column counted from 1."""

    source: Source
    line: int
    column: int

    def inside(self) -> "Mark":
        """Returns this place, or the end of the last line if it lies behind that."""
        last = len(self.source.text.splitlines()) or 1
        if self.line <= last:
            return self
        return Mark(self.source, last, len(self.source.line(last)) + 1)

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"

    def excerpt(self) -> str:
        """Returns the line with a caret below the column, cut to a window if it is long."""
        line = self.source.line(self.line)
        start = max(0, self.column - 1 - WIDEST // 2) if len(line) > WIDEST else 0
        before = safe(line[start : self.column - 1])
        after = safe(line[self.column - 1 : start + WIDEST])
        number = f"  {self.line} | "
        return f"{number}{before}{after}\n{' ' * (len(number) - 2)}| {' ' * len(before)}^"


@dataclass(frozen=True)
class Document:
    """The plain values of a scenario and where each key and value stands.

    Args:
        source: The file they were read from.
        data: Nested dicts, lists, texts, numbers, booleans and None; it is never written into.
        keys: Place of each key, by its path from the top.
        values: Place of each value, by its path from the top.
        notes: What a reader should know of how it was read, a sentence each.
    """

    source: Source
    data: dict[str, Any]
    keys: Mapping[Path, Mark] = field(default_factory=dict)
    values: Mapping[Path, Mark] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def mark(self, path: Path) -> Mark | None:
        """Returns the place of the value at `path`, or of the nearest one around it."""
        for length in range(len(path), -1, -1):
            found = self.values.get(path[:length]) or self.keys.get(path[:length])
            if found is not None:
                return found
        return None

    def key_mark(self, path: Path) -> Mark | None:
        """Returns the place of the key at `path`, or what `mark` returns if it has no key."""
        return self.keys.get(path) or self.mark(path)

    def where(self, path: Path) -> str:
        """Names the place of a value: `flock.yaml:12:9: rules.fly.type`."""
        return self.named(self.mark(path), path)

    def where_key(self, path: Path) -> str:
        """Names the place of a key: `flock.yaml:12:9: rules.fly`."""
        return self.named(self.key_mark(path), path)

    def named(self, mark: Mark | None, path: Path) -> str:
        """Joins a place and the dotted key of `path`."""
        place = str(mark) if mark else self.source.name
        return f"{place}: {dotted(path)}" if path else place

    def excerpt(self, path: Path) -> str:
        """Returns the line of the value at `path` with a caret below it, or nothing."""
        mark = self.mark(path)
        return mark.excerpt() if mark else ""

    def problem(
        self, path: Path, code: str, *, found: str, expected: str, fix: str, key: Path | None = None
    ) -> Problem:
        """Returns a problem with the value at `path`, or, if given, with the key at `key`."""
        mark = self.key_mark(key) if key is not None else self.mark(path)
        excerpt = mark.excerpt() if mark else ""
        return Problem(self.named(mark, path), found, expected, fix, code, excerpt)

    def get(self, path: Path) -> Any:
        """Returns the value at `path`, or None where there is none."""
        value: Any = self.data
        for step in path:
            if isinstance(value, dict) and step in value:
                value = value[step]
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def within(
        self, path: Path, data: Any, keys: Mapping[Path, Mark], values: Mapping[Path, Mark]
    ) -> "Document":
        """Returns this document with the value at `path` replaced, mappings on the way made.

        Args:
            path: Where to put the value.
            data: The value.
            keys: Places of the keys on the way and of those inside the value, by whole path.
            values: Places of the value and of those inside it, by whole path.
        """
        size = len(path)
        old_keys = {p: m for p, m in self.keys.items() if p[:size] != path}
        old_values = {p: m for p, m in self.values.items() if p[:size] != path}
        new_keys = {p: m for p, m in keys.items() if p not in old_keys}
        new = placed(self.data, path, data)
        return replace(self, data=new, keys=old_keys | new_keys, values=old_values | dict(values))


def placed(data: Any, path: Path, value: Any) -> Any:
    """Returns `data` with `value` at `path`, copying only what lies on the way."""
    if not path:
        return value
    step, *rest = path
    if isinstance(data, list):
        index = int(step)
        return [*data[:index], placed(data[index], tuple(rest), value), *data[index + 1 :]]
    inner = data.get(step) if isinstance(data, dict) else None
    return {**(data if isinstance(data, dict) else {}), step: placed(inner, tuple(rest), value)}


def dotted(path: Path) -> str:
    """Writes a path as the scenario's dotted key: `events[0].at`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def safe(text: str) -> str:
    """Escapes what a terminal cannot be given; a tab becomes one blank, so that carets line up."""
    return "".join(c if shows(c) else " " if c == "\t" else escaped(c) for c in text)
