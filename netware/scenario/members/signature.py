"""The parameters of a class: its dataclass fields and docstring as a pydantic model."""

import dataclasses
import inspect
import re
import sys
from functools import reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import Field, WrapValidator, create_model
from pydantic.errors import PydanticSchemaGenerationError, PydanticUserError

from netware.errors import ScenarioError
from netware.parameters import Member, Refers, Varies
from netware.scenario.parts import AbstractStrict, Part
from netware.varying.base import AbstractVarying


ARGUMENT = re.compile(r"^ {4}(\w+)(?: \([^)]*\))?: (.*)$")
SECTION = re.compile(r"^([A-Z][A-Za-z ]*):(?: |$)")


def nested_family(annotation: Any) -> str | None:
    """Returns the family of the member that a field holds, if it holds one."""
    for mark in getattr(annotation, "__metadata__", ()):
        if isinstance(mark, Member):
            return mark.family
    return None


def referred_section(annotation: Any) -> str | None:
    """Returns the section whose entry a field names, if it names one."""
    for mark in getattr(annotation, "__metadata__", ()):
        if isinstance(mark, Refers):
            return mark.section
    return None


def varies(annotation: Any) -> bool:
    """Tells whether a field may hold a value that varies."""
    return any(isinstance(mark, Varies) for mark in getattr(annotation, "__metadata__", ()))


def number_in_range(annotation: Any) -> Any:
    """Returns the type of a number that may vary, range included."""
    return get_args(get_args(annotation)[0])[0]


def unless_varying(value: Any, handler: Any) -> Any:
    """Lets a value that varies pass: each of its numbers was held to the range as it was built."""
    return value if isinstance(value, AbstractVarying) else handler(value)


def written(annotation: Any) -> Any:
    """Returns the type that a field has in YAML: nested members are parts."""
    family = nested_family(annotation)
    if family:
        optional = type(None) in get_args(get_args(annotation)[0])
        marked: Any = Annotated[Part, Field(json_schema_extra={"family": family})]
        return marked | None if optional else marked
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        section = referred_section(annotation)
        told = (Field(json_schema_extra={"refers": section}),) if section else ()
        if varies(annotation):
            extra = Field(json_schema_extra={"varies": True})
            return Annotated[number_in_range(annotation), WrapValidator(unless_varying), extra]
        return Annotated[(written(arguments[0]), *arguments[1:], *told)]
    if origin is list:
        return tuple[written(arguments[0]), ...]
    inner = tuple(argument if argument is ... else written(argument) for argument in arguments)
    if origin is tuple:
        return tuple[inner]
    return reduce(or_, inner) if origin in (Union, UnionType) else annotation


def key(name: str) -> str:
    """Returns the YAML key of a field: without the underscore that Python's keywords need."""
    return name.removesuffix("_")


def parameters(cls: type) -> type[AbstractStrict]:
    """Makes the pydantic model that checks the parameters of a dataclass."""
    hints = get_type_hints(cls, include_extras=True)
    told = arguments(cls)
    fields: dict[str, Any] = {}
    for one in dataclasses.fields(cls):
        if not one.init:
            continue
        default: Any = one.default
        if one.default_factory is not dataclasses.MISSING:
            default = one.default_factory()
        if dataclasses.is_dataclass(default) and not isinstance(default, type):
            default = Part.model_validate(part_of(default))
        default = ... if default is dataclasses.MISSING else default
        described = Field(default, description=told.get(one.name), alias=key(one.name))
        fields[f"{key(one.name)}_"] = (written(hints[one.name]), described)
    try:
        return create_model(cls.__name__, __base__=AbstractStrict, **fields)
    except (PydanticSchemaGenerationError, PydanticUserError):
        field = next((name for name, one in fields.items() if not writable(name, one)), "")
        raise ScenarioError(
            f"{cls.__module__}.{cls.__name__}",
            found=f"field '{field.removesuffix('_')}' of a type that a scenario cannot write",
            expected="fields of numbers, texts, Literal, tuples or nested members",
            fix="change the type of that field",
            code="S-TYPE",
        ) from None


def writable(name: str, definition: Any) -> bool:
    """Tells whether a scenario can write what one field holds."""
    try:
        create_model("Field", __base__=AbstractStrict, **{name: definition})
    except (PydanticSchemaGenerationError, PydanticUserError):
        return False
    return True


def type_name(cls: type) -> str:
    """Returns the type of a class in a scenario: the name of netware's file, or a dotted name."""
    if cls.__module__.startswith("netware."):
        return cls.__module__.rpartition(".")[2]
    return f"{cls.__module__}.{cls.__qualname__}"


def part_of(member: Any) -> dict[str, Any]:
    """Returns the part of a scenario that describes a member, every parameter written out."""
    return {"type": type_name(type(member))} | {
        key(one.name): plain(getattr(member, one.name))
        for one in dataclasses.fields(member)
        if one.init
    }


def plain(value: Any) -> Any:
    """Returns a parameter as YAML has it."""
    if isinstance(value, AbstractVarying):
        return value.as_yaml()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return part_of(value)
    if isinstance(value, tuple | list):
        return [plain(inner) for inner in value]
    if isinstance(value, dict):
        return {word: plain(inner) for word, inner in value.items()}
    return value


def documentation(cls: type) -> str:
    """Returns the docstring that describes a class: its own, or its module's if it has none."""
    own = inspect.cleandoc(cls.__doc__ or "")
    if not own or own.startswith(f"{cls.__name__}("):
        own = inspect.cleandoc(getattr(sys.modules.get(cls.__module__), "__doc__", None) or "")
    return own


def arguments(cls: type) -> dict[str, str]:
    """Returns the description of each field, unit included, from the docstring's `Args:`."""
    told: dict[str, list[str]] = {}
    inside, name = False, ""
    for line in documentation(cls).splitlines():
        if line.strip() == "Args:":
            inside = True
        elif inside and line and not line.startswith(" "):
            inside = False
        elif inside and (match := ARGUMENT.match(line)):
            name = match.group(1)
            told[name] = [match.group(2)]
        elif inside and name and line.strip():
            told[name].append(line.strip())
    return {name: " ".join(lines) for name, lines in told.items()}


def sentence(cls: type) -> str:
    """Returns the first sentence of the docstring."""
    first = documentation(cls).split("\n\n")[0].replace("\n", " ").strip()
    return first.split(". ")[0].removesuffix(".") + "." if first else ""


def section(cls: type, name: str) -> str:
    """Returns one section of the docstring, such as `Source`, on one line."""
    lines: list[str] = []
    inside = False
    for line in documentation(cls).splitlines():
        if match := SECTION.match(line):
            inside = match.group(1) == name
            line = line[match.end() :] if inside else line
        inside = inside and bool(line.strip() or not lines)
        if inside and line.strip():
            lines.append(line.strip())
    return " ".join(lines)
