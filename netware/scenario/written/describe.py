"""What a member is, in words: its first sentence, its parameters and its source."""

import re
from dataclasses import dataclass
from typing import Any

from netware.scenario.checks.expects import in_words
from netware.scenario.members.assemble import checked
from netware.scenario.members.signature import section, sentence
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
    """A member in words."""

    family: str
    name: str
    sentence: str
    parameters: tuple[Parameter, ...]
    source: str


def description(family: str, name: str, cls: type) -> Description:
    """Describes the class of a type."""
    schema = checked(cls)[1]
    parameters = tuple(
        parameter(key, one, schema) for key, one in schema.get("properties", {}).items()
    )
    return Description(family, name, sentence(cls), parameters, section(cls, "Source"))


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
