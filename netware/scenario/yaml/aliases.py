"""Aliases: a value that stands once and is repeated by name, as `yaml.dump` writes it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml


Event = Any

MOST_LEVELS = 3
MOST_REPEATED = 10_000
MOST_CHARACTERS = 256 * 1024


@dataclass
class Anchored:
    """A value with a name: its events so far, and how many aliases deep it is.

    Args:
        depth: Lists and mappings that are open around it. [1]
        events: Its events, aliases in it written out.
        levels: Levels of aliases in it, one within the other. [1]
        whole: Whether its last event has come.
    """

    depth: int
    events: list[Event] = field(default_factory=list)
    levels: int = 0
    whole: bool = False


@dataclass
class Aliases:
    """Puts in the place of each alias the events of the value that it repeats.

    They keep the places where that value stands. Nothing grows without bound: values repeat
    values three levels deep at most, 10,000 values and 256 KiB of text in all. An alias beyond
    that, of a name that no whole value before it has, or inside the value itself, is passed on as
    it is, and `why` says what is wrong with it.
    """

    values: dict[str, Anchored] = field(default_factory=dict)
    open: list[Anchored] = field(default_factory=list)
    depth: int = 0
    repeated: int = 0
    characters: int = 0
    why: str = ""

    def written_out(self, events: Iterable[Event]) -> Iterator[Event]:
        """Yields all events, those of values in place of their aliases."""
        for event in events:
            if isinstance(event, yaml.AliasEvent) and self.may_stand_for(event.anchor):
                value = self.values[event.anchor]
                for outer in self.open:
                    outer.levels = max(outer.levels, value.levels + 1)
                    outer.events += value.events
                yield from value.events
            else:
                self.note(event)
                yield event

    def may_stand_for(self, name: str) -> bool:
        """Tells whether the value of a name may be repeated, and counts it."""
        value = self.values.get(name)
        if value is None or not value.whole:
            self.why = "repeats no value that stands whole before it"
            return False
        self.repeated += len(value.events)
        self.characters += sum(
            len(event.value) for event in value.events if isinstance(event, yaml.ScalarEvent)
        )
        if value.levels >= MOST_LEVELS:
            self.why = f"repeats what repeats others, more than {MOST_LEVELS} levels deep"
        elif self.repeated > MOST_REPEATED or self.characters > MOST_CHARACTERS:
            self.why = "repeats too much: at most 10,000 values and 256 KiB of text in all"
        else:
            return True
        return False

    def note(self, event: Event) -> None:
        """Keeps an event for the values that it is part of, and closes those that it ends."""
        name = getattr(event, "anchor", None)
        if name is not None and not isinstance(event, yaml.AliasEvent):
            self.values[name] = Anchored(self.depth)
            self.open.append(self.values[name])
        for value in self.open:
            value.events.append(event)
        self.depth += isinstance(event, yaml.CollectionStartEvent)
        self.depth -= isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionEndEvent):
            while self.open and self.open[-1].depth == self.depth:
                self.open.pop().whole = True
