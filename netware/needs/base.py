"""What a member needs of the world, as data: checked before anything runs, listed in its help.

A rule, a relation or a probe names its needs in `needs`. They are asked on the built world, after
rules have prepared, since many a column is made by another rule. A need names fields of its
member, never what stands in them, so that each problem is found at its line of the scenario.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from types import UnionType
from typing import (
    Annotated,
    Any,
    Protocol,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    runtime_checkable,
)

from netware.draws import Draws
from netware.edges import Edges
from netware.errors import Problem, ScenarioError
from netware.parameters import Refers
from netware.population import Population
from netware.space.box import Space


@runtime_checkable
class Surroundings(Protocol):
    """What needs look at: a world, or whatever has these of one."""

    @property
    def populations(self) -> Mapping[str, Population]: ...  # noqa: D102

    @property
    def edges(self) -> Mapping[str, Edges]: ...  # noqa: D102

    @property
    def examples(self) -> Mapping[str, Any]: ...  # noqa: D102

    @property
    def space(self) -> Space | None: ...  # noqa: D102

    @property
    def draws(self) -> Draws: ...  # noqa: D102

    @property
    def step(self) -> int: ...  # noqa: D102


class AbstractNeed(ABC):
    """Something that a member cannot do without."""

    @abstractmethod
    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns what is missing; `where` is the member's key, such as `probes.rate`."""

    @abstractmethod
    def sentence(self) -> str:
        """Says in a few words what is needed, for lists and documentation."""


Needs = tuple[AbstractNeed, ...]


def unmet_needs(member: Any, world: Surroundings, where: str) -> list[Problem]:
    """Returns all that a member lacks, in the order of its needs."""
    return [problem for need in member.needs for problem in need.unmet(member, world, where)]


def refuse_unmet(section: str, name: str, member: Any, world: Surroundings) -> None:
    """Raises one error with all that a member lacks, each at its key `section.name.field`."""
    problems = member.unmet(world, f"{section}.{name}")
    if problems:
        raise ScenarioError.together(problems)


def population_field(cls: type) -> str | None:
    """Returns the one field that names a population, by its type; None if none or several do."""
    found = fields_that_name("populations", cls)
    return found[0] if len(found) == 1 else None


@cache
def fields_that_name(section: str, cls: type) -> tuple[str, ...]:
    """Returns the fields that name an entry of a section of the scenario, by their types."""
    hints = get_type_hints(cls, include_extras=True)
    return tuple(one.name for one in fields(cls) if names_entry(section, hints[one.name]))


def names_entry(section: str, hint: Any) -> bool:
    """Tells whether a field of this type holds the name of an entry, or perhaps none."""
    if get_origin(hint) is Annotated:
        return Refers(section) in get_args(hint)[1:] or names_entry(section, get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType, tuple):
        return any(names_entry(section, one) for one in get_args(hint))
    return False


def population_of(member: Any, world: Surroundings, of: str = "") -> Population | None:
    """Returns the population that a need is about, or None.

    `of` names the field that names it, or the end `source` or `target` of a relation; by default
    it is the one field whose type is `PopulationName`.
    """
    if of in ("source", "target"):
        name = member.between[of == "target"]
    else:
        field = of or population_field(type(member))
        name = field and getattr(member, field)
    return world.populations.get(name) if name else None
