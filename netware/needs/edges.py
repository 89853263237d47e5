"""Needs of relations: which agents their edges must join."""

from dataclasses import dataclass
from typing import Any

from netware.errors import Problem
from netware.needs.base import AbstractNeed, Surroundings, population_of


@dataclass(frozen=True)
class Joins(AbstractNeed):
    """A relation that joins agents of one population: the member's own, if it names one.

    Args:
        field: Field that names the relation.
    """

    field: str

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns a relation that joins others."""
        name, own = getattr(member, self.field), population_of(member, world)
        if name not in world.edges or world.edges[name].between is None:
            return []
        source, target = world.edges[name].ends
        if source == target and own in (None, world.populations.get(source)):
            return []
        whose = f"'{own.name}'" if own else "one population"
        return [
            Problem(
                f"{where}.{self.field}",
                f"'{name}', whose edges lead from '{source}' to '{target}'",
                f"a relation between agents of {whose}",
                "name another relation, or another population",
            )
        ]

    def sentence(self) -> str:
        """Says whose relation."""
        return f"'{self.field}' joins agents of the population with each other"


@dataclass(frozen=True)
class SomeRelation(AbstractNeed):
    """At least one relation: those that a field names, or any where it names none.

    Args:
        field: Field with the names of relations, which may be none.
    """

    field: str

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns that there is no relation."""
        if getattr(member, self.field) or world.edges:
            return []
        return [
            Problem(
                f"{where}.{self.field}",
                "no relations",
                "relations by which agents can be told apart",
                f"write 'relations:', or leave {where} out",
            )
        ]

    def sentence(self) -> str:
        """Says that it takes one."""
        return "a relation at least"
