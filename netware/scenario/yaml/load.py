"""Reads a scenario from YAML events: every value with its place, everything unusual refused."""

import os
from dataclasses import dataclass, field
from typing import Any

import yaml

from netware.errors import Problem, ScenarioError, escaped
from netware.scenario.document import Document, Mark, Path, Source, dotted
from netware.scenario.former_keys import with_keys_of_today
from netware.scenario.yaml.aliases import Aliases
from netware.scenario.yaml.scalars import SEXAGESIMAL, Refusal, forbidden, resolved
from netware.scenario.yaml.text import MOST_BYTES, text_of


MOST_DEPTH = 32
MOST_NODES = 20_000
LONGEST_SCALAR = 16_384
MOST_PROBLEMS = 100
READER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Event = Any


def load(path: str | os.PathLike[str]) -> Document:
    """Reads a scenario file."""
    name = os.fspath(path)
    return parse(text_of(name), name)


def parse(text: str, name: str) -> Document:
    """Reads a scenario from text, whose mistakes are reported as those of the file `name`."""
    source = Source(name, text)
    reading = limited(source, text)
    data = reading.root
    if isinstance(data, dict) and not reading.problems:
        return with_keys_of_today(Document(source, data, reading.keys, reading.values))
    if not reading.problems:
        kind = "nothing" if data is None else "a list" if isinstance(data, list) else "one value"
        refusal = Refusal(
            "E-ROOT",
            f"top level must be a mapping, found {kind}",
            "keys such as 'name:', 'steps:' and 'populations:'",
            "write 'netware: 1' in the first line and the other keys below it",
        )
        reading.refuse(reading.values.get((), Mark(source, 1, 1)), (), refusal)
    raise ScenarioError.together(reading.problems)


def parse_value(text: str, source: Source) -> "Reading":
    """Reads one value, which stands in `source` where it stands in `text`."""
    reading = limited(source, text)
    if reading.problems:
        raise ScenarioError.together(reading.problems)
    return reading


def limited(source: Source, text: str) -> "Reading":
    """Reads a text of at most 256 KiB without forbidden characters."""
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        fix = "write less"
        found = f"{len(text)} characters > {MOST_BYTES} bytes"
        raise ScenarioError(source.name, found=found, expected="256 KiB", fix=fix, code="E-SIZE")
    refuse_characters(source)
    return read(source, text)


def refuse_characters(source: Source) -> None:
    """Refuses control and bidirectional characters, those of all lines at once."""
    problems = []
    if forbidden(source.text):
        for number, line in enumerate(source.text.splitlines(keepends=True), start=1):
            found = forbidden(line)
            if found:
                mark = Mark(source, number, found.start() + 1)
                problems.append(mark_problem(mark, (), character(found.group())))
    if problems:
        raise ScenarioError.together(problems[:MOST_PROBLEMS])


def character(found: str) -> Refusal:
    """Refuses one character, printed escaped."""
    return Refusal(
        "E-CHAR",
        f"character {escaped(found)} is not allowed",
        "printable characters",
        "delete that character",
    )


def mark_problem(mark: Mark, path: Path, refusal: Refusal) -> Problem:
    """Returns the problem that a refusal is at a place."""
    where = f"{mark}: {dotted(path)}" if path else str(mark)
    excerpt = mark.excerpt()
    return Problem(where, refusal.found, refusal.expected, refusal.fix, refusal.code, excerpt)


@dataclass
class Frame:
    """A mapping or list that is being read: its path, its value, and the key that waits."""

    path: Path
    value: dict[str, Any] | list[Any]
    key: str | None = None
    waiting: bool = False

    def next_path(self) -> Path:
        """Returns the path of the value that comes next."""
        step = self.key if isinstance(self.value, dict) else len(self.value)
        return (*self.path, step if step is not None else "")

    def put(self, value: Any) -> None:
        """Takes the value that came."""
        if isinstance(self.value, list):
            self.value.append(value)
            return
        if self.key is not None:
            self.value[self.key] = value
        self.key, self.waiting = None, False


@dataclass
class Reading:
    """What has been read so far, and what is wrong with it."""

    source: Source
    root: Any = None
    documents: int = 0
    nodes: int = 0
    frames: list[Frame] = field(default_factory=list)
    keys: dict[Path, Mark] = field(default_factory=dict)
    values: dict[Path, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    aliases: Aliases = field(default_factory=Aliases)

    def refuse(self, mark: Mark, path: Path, refusal: Refusal) -> None:
        """Notes a mistake and reads on."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(mark_problem(mark, path, refusal))

    def stop(self, mark: Mark, path: Path, refusal: Refusal) -> None:
        """Gives up, with all mistakes so far."""
        problem = mark_problem(mark, path, refusal)
        raise ScenarioError.together([*self.problems, problem])

    def mark(self, event: Event) -> Mark:
        """Returns the place where an event begins."""
        return Mark(self.source, event.start_mark.line + 1, event.start_mark.column + 1)

    def take(self, event: Event) -> None:
        """Takes one event."""
        if isinstance(event, yaml.NodeEvent):
            self.node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.frames.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                fix = "write each scenario into a file of its own"
                found = "a second document begins here"
                refusal = Refusal("E-MULTIDOC", found, "one document in a file", fix)
                self.stop(self.mark(event), (), refusal)

    def node(self, event: Event) -> None:
        """Takes a scalar, the beginning of a list or mapping, or an alias."""
        mark = self.mark(event)
        self.nodes += 1
        frame = self.frames[-1] if self.frames else None
        path = frame.path if frame else ()
        if self.nodes > MOST_NODES:
            fix = "keep data in files of its own, or write a range"
            refusal = Refusal("E-NODES", "too many nodes", f"at most {MOST_NODES} values", fix)
            self.stop(mark, path, refusal)
        unusual = alias_or_tag(event, self.aliases.why)
        if unusual:
            is_value = frame is not None and (frame.waiting or isinstance(frame.value, list))
            self.refuse(mark, frame.next_path() if frame and is_value else path, unusual)
        if frame and isinstance(frame.value, dict) and not frame.waiting:
            self.take_key(frame, event, mark)
        elif isinstance(event, yaml.CollectionStartEvent):
            self.begin(event, mark, frame.next_path() if frame else ())
        else:
            self.put_scalar(frame, event, mark, unusual)

    def take_key(self, frame: Frame, event: Event, mark: Mark) -> None:
        """Takes the key of a mapping; one that is no new text is noted, and its value dropped."""
        frame.waiting, frame.key = True, None
        fix = "write the key as one word, or in quotes"
        expected = "a text as the key"
        if not isinstance(event, yaml.ScalarEvent):
            if isinstance(event, yaml.CollectionStartEvent):
                found = "mapping key must be a string, found a list or mapping"
                self.stop(mark, frame.path, Refusal("E-KEY", found, expected, fix))
            return
        if refused := self.scalar_refusal(event):
            self.refuse(mark, frame.path, refused)
        elif not event.style and event.value in ("", "<<"):
            found = "merge keys are not supported" if event.value else "mapping key is missing"
            self.refuse(mark, frame.path, Refusal("E-KEY", found, expected, fix))
        elif event.value in frame.value:
            path = (*frame.path, event.value)
            self.refuse(mark, path, duplicate(event.value, mark, self.keys[path]))
        else:
            frame.key = event.value
            self.keys[(*frame.path, event.value)] = mark

    def begin(self, event: Event, mark: Mark, path: Path) -> None:
        """Begins a list or mapping."""
        if len(self.frames) >= MOST_DEPTH:
            fix = "write it flatter"
            refusal = Refusal("E-DEPTH", f"nesting > {MOST_DEPTH}", f"at most {MOST_DEPTH}", fix)
            self.stop(mark, self.frames[-1].path[:4], refusal)
        value: dict[str, Any] | list[Any]
        value = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.place(path, mark, value)
        self.frames.append(Frame(path, value))

    def put_scalar(
        self, frame: Frame | None, event: Event, mark: Mark, unusual: Refusal | None
    ) -> None:
        """Puts a scalar where it belongs; a refused one leaves None."""
        path = frame.next_path() if frame else ()
        value: Any = None
        if isinstance(event, yaml.ScalarEvent) and not unusual:
            value = self.scalar_refusal(event) or event.value
            if not event.style and not isinstance(value, Refusal):
                range_of_sweep = path[:1] == ("sweep",) and SEXAGESIMAL.fullmatch(event.value)
                value = event.value if range_of_sweep else resolved(event.value)
            if isinstance(value, Refusal):
                self.refuse(mark, path, value)
                value = None
        self.place(path, mark, value)

    def place(self, path: Path, mark: Mark, value: Any) -> None:
        """Stores a value in the innermost list or mapping, and notes its place."""
        if not self.frames:
            self.root = value
            self.values[()] = mark
            return
        frame = self.frames[-1]
        if isinstance(frame.value, list) or frame.key is not None:
            self.values[path] = mark
        frame.put(value)

    def scalar_refusal(self, event: Event) -> Refusal | None:
        """Refuses scalars that are too long or hold forbidden characters."""
        if len(event.value) > LONGEST_SCALAR:
            found = f"a text of {len(event.value)} characters > {LONGEST_SCALAR}"
            return Refusal("E-SIZE", found, f"at most {LONGEST_SCALAR} characters", "shorten it")
        bad = forbidden(event.value)
        return character(bad.group()) if bad else None


def read(source: Source, text: str) -> Reading:
    """Reads all events of a text."""
    reading = Reading(source)
    try:
        for event in reading.aliases.written_out(yaml.parse(text, Loader=READER)):
            reading.take(event)
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        mark = Mark(source, place.line + 1, place.column + 1) if place else Mark(source, 1, 1)
        words = ": ".join(part for part in (error.context, error.problem) if part)
        reading.stop(mark.inside(), (), syntax(words, source.line(mark.line)))
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
        reading.stop(Mark(source, 1, 1), (), syntax(str(error).splitlines()[0], ""))
    except RecursionError:
        reading.stop(Mark(source, 1, 1), (), syntax("nested too deeply", ""))
    return reading


def syntax(text: str, line: str) -> Refusal:
    """Refuses what is no YAML, with a hint if a tab may be the reason."""
    fix = "mend the line shown; quotes, brackets and ': ' are the usual reasons"
    if "\t" in line:
        fix = "replace each tab by blanks: YAML does not indent with tabs"
    return Refusal("E-SYNTAX", text or "this is not YAML", "YAML 1.2", fix)


def duplicate(key: str, mark: Mark, first: Mark) -> Refusal:
    """Refuses a key that stands twice in one mapping."""
    found = f"duplicate key '{key}', line {mark.line} (first at line {first.line})"
    return Refusal("E-DUP", found, "each key once", "delete one of the two")


def alias_or_tag(event: Event, why: str) -> Refusal | None:
    """Refuses aliases that stand for nothing, and tags."""
    if isinstance(event, yaml.AliasEvent):
        expected, fix = "an alias of a value before it", "write the value out in each place"
        return Refusal("E-ALIAS", f"'*{event.anchor[:40]}' {why}", expected, fix)
    tag = getattr(event, "tag", None)
    if tag is not None:
        fix = "delete the tag; values have the type that they look like"
        return Refusal("E-TAG", f"tags are not supported: '{tag[:60]}'", "plain values", fix)
    return None
