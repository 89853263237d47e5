"""What a member is, in words: its sentence, equation, parameters, quantities, needs and source."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from netware.scenario.checks.allowed import in_words
from netware.scenario.members.assemble import checked
from netware.scenario.members.signature import SECTION, documentation, section, sentence
from netware.scenario.written.resolved import flow


UNIT = re.compile(r"\s*\[([^\]]+)\]\.?$")


@dataclass(frozen=True)
class Parameter:
    """One parameter of a member.

    Args:
        name: Its key in a scenario.
        allowed: What may stand there, in words.
        default: Its default as YAML has it, or None if it must be written.
        unit: Its unit, `1` if it is a pure number, empty if it is none.
        description: Its meaning.
    """

    name: str
    allowed: str
    default: str | None
    unit: str
    description: str


@dataclass(frozen=True)
class Description:
    """A member in words.

    Args:
        family: Its kind.
        name: Its type in a scenario.
        sentence: What it does.
        parameters: Its keys in a scenario.
        source: Where it comes from.
        equation: What stands between the sentence and the parameters, as it is written there.
        quantities: What it measures: each name, and the axes after that of replicas.
        needs: What it cannot do without, each in a few words.
    """

    family: str
    name: str
    sentence: str
    parameters: tuple[Parameter, ...]
    source: str
    equation: str = ""
    quantities: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


def description(family: str, name: str, cls: type) -> Description:
    """Describes the class of a type."""
    schema = checked(cls)[1]
    parameters = tuple(
        parameter(key, one, schema) for key, one in schema.get("properties", {}).items()
    )
    quantities: Mapping[str, tuple[str, ...]] = getattr(cls, "quantities", {})
    return Description(
        family,
        name,
        sentence(cls),
        parameters,
        section(cls, "Source"),
        equation(cls),
        tuple(one + (f" [{', '.join(axes)}]" if axes else "") for one, axes in quantities.items()),
        tuple(dict.fromkeys(need.sentence() for need in getattr(cls, "needs", ()))),
    )


def equation(cls: type) -> str:
    """Returns what a docstring says between its sentence and its first section."""
    paragraphs = documentation(cls).split("\n\n")[1:]
    before = takewhile(lambda one: not SECTION.match(one.split("\n")[0]), paragraphs)
    return "\n\n".join(one.rstrip() for one in before)


def parameter(name: str, one: dict[str, Any], schema: dict[str, Any]) -> Parameter:
    """Describes one parameter from its JSON Schema."""
    text = one.get("description", "")
    unit = UNIT.search(text)
    return Parameter(
        name=name,
        allowed=one["family"] if "family" in one else in_words(one, schema),
        default=None if name in schema.get("required", []) else flow(one.get("default")),
        unit=unit.group(1) if unit else "",
        description=UNIT.sub("", text),
    )
