"""Builds the members of a scenario from their parts, with every mistake at its place."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import Field, ValidationError, create_model

from netware.errors import Problem, ScenarioError
from netware.scenario.checks.former import former_key, former_problem, today
from netware.scenario.checks.validation_errors import missing, mistakes, undefined, unknown
from netware.scenario.document import Document, Path
from netware.scenario.members.signature import (
    key,
    nested_family,
    number_in_range,
    parameters,
    referred_section,
    varies,
)
from netware.scenario.parts import AbstractStrict
from netware.varying.in_time import Ramp, Staircase
from netware.varying.kinds import KINDS


# Stands in for a value that could not be built, so that nothing else is said of its place.
UNBUILT = Ramp((0.0, 0.0), (0, 1))
Find = Callable[[str, str], type]
WRAPPER = ("inputs", "initial")
STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True)
class Outcome:
    """A value that was built, or None, and what was wrong with it."""

    value: Any = None
    problems: tuple[Problem, ...] = ()


@cache
def checked(cls: type) -> tuple[type[AbstractStrict], dict[str, Any]]:
    """Returns the pydantic model of a class' parameters and its JSON Schema."""
    model = parameters(cls)
    return model, model.model_json_schema()


@cache
def hints(cls: type) -> dict[str, Any]:
    """Returns the type of each parameter of a class, by field."""
    told = get_type_hints(cls, include_extras=True)
    return {one.name: told[one.name] for one in fields(cls) if one.init}


@dataclass(frozen=True)
class Builder:
    """Builds members from the values of one document.

    Args:
        find: Returns the class of a family and a type, or raises a ScenarioError.
        document: Where the values and the names that they refer to stand.
    """

    find: Find
    document: Document

    def build(
        self, family: str, part: Any, path: Path, reserved: tuple[str, ...] = (), by: str = "type"
    ) -> Outcome:
        """Builds the member that a part describes; what is no part is left to the schema.

        Args:
            family: Where its class is looked up.
            part: The mapping that was written.
            path: Where it was written.
            reserved: Keys of the mapping that are no parameters of the member.
            by: Key that holds the type.
        """
        name = part.get(by) if isinstance(part, dict) else None
        if not isinstance(name, str) or not name:
            return Outcome()
        if word := former_key(family, name, part):
            return self.renewed(family, part, path, reserved, by, word)
        try:
            cls = self.find(family, name)
            return self.instance(cls, name, part, path, {*reserved, by})
        except ScenarioError as error:
            return Outcome(None, self.anchored(error, (*path, by)))

    def renewed(
        self, family: str, part: dict, path: Path, reserved: tuple[str, ...], by: str, word: str
    ) -> Outcome:
        """Refuses a parameter that is now a type, with all else that is wrong with that type."""
        name, value = part[by], part[word]
        rest = {key: value for key, value in part.items() if key != word}
        rest[by] = today(family, name, word, value) or name
        others = self.build(family, rest, path, reserved, by).problems
        problem = former_problem(family, name, word, by, path, value, self.document)
        return Outcome(None, (problem, *others))

    def instance(self, cls: type, name: str, part: dict, path: Path, reserved: set[str]) -> Outcome:
        """Builds an instance of a class whose parameters stand in `part`."""
        data = {word: value for word, value in part.items() if word not in reserved}
        if is_torch_module(cls):
            return self.module(cls, name, data, path)
        model, schema = checked(cls)
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for one, hint in hints(cls).items():
            if key(one) in data:
                inner = self.value(hint, data[key(one)], (*path, key(one)))
                values[one] = inner.value
                problems += inner.problems
                if varies(hint) and isinstance(data[key(one)], dict):
                    data[key(one)] = inner.value or UNBUILT
        try:
            valid = model.model_validate(tuples(data))
        except ValidationError as error:
            problems = mistakes(error, self.document, path, schema, tuple(reserved)) + problems
        if problems:
            return Outcome(None, tuple(problems))
        plain = {one for one in values if not holds_member(hints(cls)[one])}
        return self.called(
            cls, values | {one: getattr(valid, f"{key(one)}_") for one in plain}, path
        )

    def value(self, hint: Any, value: Any, path: Path) -> Outcome:
        """Builds the nested members inside a value, and looks up the names that refer."""
        if varies(hint) and isinstance(value, dict):
            return self.varying(number_in_range(hint), value, path)
        family = nested_family(hint)
        if family and isinstance(value, dict):
            return self.build(family, value, path)
        section = referred_section(hint)
        if section and isinstance(value, str):
            return self.reference(section, value, path)
        if get_origin(hint) is Annotated:
            return self.value(get_args(hint)[0], value, path)
        arguments = [one for one in get_args(hint) if one not in (type(None), ...)]
        if isinstance(value, list) and arguments and get_origin(hint) in (tuple, list):
            each = [
                self.value(arguments[min(index, len(arguments) - 1)], one, (*path, index))
                for index, one in enumerate(value)
            ]
            problems = tuple(problem for one in each for problem in one.problems)
            return Outcome(tuple(one.value for one in each), problems)
        if get_origin(hint) in (Union, UnionType) and len(arguments) == 1:
            return self.value(arguments[0], value, path)
        return Outcome(value)

    def varying(self, number: Any, value: dict[str, Any], path: Path) -> Outcome:
        """Builds a value that varies, each of its numbers held to the range of the parameter."""
        named = next((kind for kind in KINDS if kind in value), None)
        if named == "steps" and len(value) > 1:
            named = None
        if named is None:
            if not value:
                return Outcome(None, (missing((*path, "uniform"), self.document, "a value"),))
            words = [unknown((*path, word), self.document, list(KINDS)) for word in value]
            return Outcome(None, tuple(words[:1]))
        cls = KINDS[named]
        typed: Any = {
            f"{word}_": (hint, Field(alias=word)) for word, hint in cls.keys(number).items()
        }
        model = create_model(cls.__name__, __base__=AbstractStrict, **typed)
        try:
            valid = model.model_validate(tuples(value))
        except ValidationError as error:
            wrong = mistakes(error, self.document, path, model.model_json_schema())
            return Outcome(None, tuple(wrong))
        values = {word: getattr(valid, f"{word}_") for word in cls.keys(number)}
        if cls is Staircase:
            values["steps"] = tuple((int(step), one) for step, one in values["steps"].items())
        return self.called(cls, values, path)

    def reference(self, section: str, name: str, path: Path) -> Outcome:
        """Looks up a name in a section of the scenario."""
        entries = self.document.data.get(section)
        choices = list(entries) if isinstance(entries, dict) else []
        if name in choices:
            return Outcome(name)
        return Outcome(None, (undefined(path, self.document, section, name, choices),))

    def module(self, cls: type, name: str, data: dict[str, Any], path: Path) -> Outcome:
        """Wraps a torch module of the user's, whose constructor takes what stands in `data`.

        Keys `inputs` and `initial` that the constructor does not take tell the wrapper the size
        of a sample, and how agents begin.
        """
        wanted = inspect.signature(cls).parameters.values()
        kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        named = [one.name for one in wanted if one.kind in kinds]
        open_ended = any(one.kind is one.VAR_KEYWORD for one in wanted)
        taken = {word for word in data if word in named or (open_ended and word not in WRAPPER)}
        own = {word: data[word] for word in WRAPPER if word in data.keys() - taken}
        problems = [
            unknown((*path, word), self.document, [*named, *WRAPPER])
            for word in data
            if word not in taken and word not in own
        ]
        problems += [
            missing((*path, one.name), self.document, "a value")
            for one in wanted
            if one.name in named and one.default is one.empty and one.name not in data
        ]
        if problems:
            return Outcome(None, tuple(problems))
        arguments = {word: tuples(data[word]) for word in data if word in taken}
        wrapper = self.find("models", "module")
        model, schema = checked(wrapper)
        try:
            model.model_validate({"path": name, **own})
        except ValidationError as error:
            return Outcome(None, tuple(mistakes(error, self.document, path, schema, ("type",))))
        return self.called(wrapper, {"path": name, "arguments": arguments, **own}, path)

    def called(self, cls: type, values: Mapping[str, Any], path: Path) -> Outcome:
        """Calls a class, and places what it says of its fields."""
        try:
            return Outcome(cls(**values))
        except ScenarioError as error:
            return Outcome(None, self.anchored(error, path))
        except (ValueError, TypeError) as error:
            problem = self.document.problem(
                path,
                "S-RANGE",
                found=f"{cls.__name__}: {error}"[:200],
                expected="parameters that go together",
                fix="change them as the message says",
            )
            return Outcome(None, (problem,))

    def agent_class(self, name: str) -> Outcome:
        """Imports the user's own agent class of a population, if it has one."""
        path: Path = ("populations", name, "agent")
        dotted = self.document.get(path)
        if not isinstance(dotted, str):
            return Outcome()
        try:
            return Outcome(self.find("agents", dotted))
        except ScenarioError as error:
            return Outcome(None, self.anchored(error, path))

    def anchored(self, error: ScenarioError, path: Path) -> tuple[Problem, ...]:
        """Places problems that name a field, or nothing, at the lines of the document."""
        placed = []
        for problem in error.problems:
            inner = (*path, *steps_of(problem.where))
            if self.document.get(inner) is None:
                inner = path
            mark = self.document.mark(inner)
            placed.append(
                replace(
                    problem,
                    where=self.document.where(inner),
                    code=problem.code or "S-RANGE",
                    excerpt=mark.excerpt() if mark else "",
                )
            )
        return tuple(placed)


def steps_of(name: str) -> Path:
    """Splits `widths[2]` or `a.b` into the steps of a path."""
    return tuple(int(index) if index else word for word, index in STEP.findall(name))


def holds_member(hint: Any) -> bool:
    """Tells whether a field holds nested members."""
    return bool(nested_family(hint)) or any(holds_member(inner) for inner in get_args(hint))


def tuples(value: Any) -> Any:
    """Returns a value with its lists as tuples, as frozen members want them."""
    if isinstance(value, list):
        return tuple(tuples(inner) for inner in value)
    if isinstance(value, dict):
        return {word: tuples(inner) for word, inner in value.items()}
    return value


def is_torch_module(cls: type) -> bool:
    """Tells whether a class is a torch module, without importing torch."""
    return any(
        base.__module__ == "torch.nn.modules.module" and base.__name__ == "Module"
        for base in cls.__mro__
    )
