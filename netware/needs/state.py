"""Needs of state: columns that must be there, in the right shape, and a space to be in."""

from dataclasses import dataclass
from math import prod
from typing import Any, Literal

from netware.errors import Problem
from netware.needs.base import AbstractNeed, Surroundings, population_of
from netware.population import WEIGHTS, Population


Shape = tuple[int, ...] | Literal["any", "one number", "vector", "space"]
ANY: Shape = "any"
ONE: Shape = "one number"
VECTOR: Shape = "vector"
SPACE: Shape = "space"

SHAPES = {
    "one number": "one number for each agent",
    "vector": "some numbers for each agent, `(agents, numbers)`",
    "space": "a vector in space for each agent",
}


@dataclass(frozen=True)
class HasColumn(AbstractNeed):
    """A column of state, or several, that the population must have.

    Args:
        field: Field that names the column, or a tuple of them.
        shape: What each agent has in it: `ANY`, `ONE` number, a `VECTOR`, one in `SPACE`, or a
            tuple of sizes.
        floating: Whether it must be of real numbers; else whole ones and yes or no do too.
        weights: Whether the name `weights` means all the weights.
        column: The column itself, where no field names it.
        of: Field that names the population; by default the one that there is.
        fix: What to do about a column that is not as it must be.
    """

    field: str = ""
    shape: Shape = ANY
    floating: bool = False
    weights: bool = False
    column: str = ""
    of: str = ""
    fix: str = "name another column"

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns the columns that are not there, or not as they must be."""
        population = population_of(member, world, self.of)
        if population is None:
            return []
        given = getattr(member, self.field) if self.field else self.column
        place = f"{where}.{self.field}" if self.field else where
        named = (given,) if isinstance(given, str) else tuple(given)
        return [
            problem
            for name in named
            if not (self.weights and name == WEIGHTS and population.weights)
            for problem in self.wrong(population, name, world.space, place)
        ]

    def wrong(self, population: Population, name: str, space: Any, place: str) -> list[Problem]:
        """Returns what is wrong with one column."""
        if name not in population.state:
            choices = {*population.state, *([WEIGHTS] if self.weights else [])}
            found = f"no column '{name}' in '{population.name}'"
            fix = f"write 'state: {{{name}: uniform}}' under populations.{population.name}"
            listed = ", ".join(sorted(choices)) or "a column of state"
            return [Problem(place, found, f"one of {listed}", f"{fix}, or name another column")]
        values = population.state[name]
        shape, problems = tuple(values.shape[1:]), []
        if not fits(shape, self.shape, space):
            expected = SHAPES.get(str(self.shape), f"shape {self.shape} for each agent")
            found = f"'{name}' of shape {shape} for each agent"
            problems.append(Problem(place, found, expected, self.fix))
        if self.floating and not values.is_floating_point():
            kind = str(values.dtype).removeprefix("torch.")
            found = f"'{name}' of whole numbers or yes and no ({kind})"
            problems.append(Problem(place, found, "real numbers", self.fix))
        return problems

    def sentence(self) -> str:
        """Says which column, and what of."""
        name = f"the column that '{self.field}' names" if self.field else f"column '{self.column}'"
        shape = SHAPES.get(str(self.shape), f"shape {self.shape} for each agent")
        detail = "" if self.shape == ANY else f", {shape}"
        return f"{name}{detail}{', of real numbers' if self.floating else ''}"


def fits(shape: tuple[int, ...], wanted: Shape, space: Any) -> bool:
    """Tells whether one agent's part of a column has the shape that is wanted."""
    if wanted == ONE:
        return prod(shape) == 1
    if wanted == VECTOR:
        return len(shape) == 1 and shape[0] > 0
    if wanted == SPACE:
        return len(shape) == 1 and (space is None or shape[0] == space.dimensions)
    return prod(shape) > 0 if wanted == ANY else shape == wanted


@dataclass(frozen=True)
class SameShape(AbstractNeed):
    """Two columns that hold as much for each agent.

    Args:
        first: Field that names a column.
        second: Field that names another.
    """

    first: str
    second: str

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns the second column if it does not fit the first."""
        population = population_of(member, world)
        one, other = getattr(member, self.first), getattr(member, self.second)
        if population is None or not {one, other} <= set(population.state):
            return []
        shapes = [tuple(population.state[name].shape[1:]) for name in (one, other)]
        if prod(shapes[0]) == prod(shapes[1]):
            return []
        return [
            Problem(
                f"{where}.{self.second}",
                f"'{other}' of shape {shapes[1]} against {shapes[0]} of '{one}'",
                "as many numbers for each agent in both columns",
                "name two columns of the same shape",
            )
        ]

    def sentence(self) -> str:
        """Says which two."""
        return f"as many numbers in '{self.first}' as in '{self.second}'"


@dataclass(frozen=True)
class InSpace(AbstractNeed):
    """A space, and a column `position` in it.

    Args:
        periodic: Whether the space must be periodic.
    """

    periodic: bool = False

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns that there is no space, or not a periodic one, or no position."""
        example = "write 'space: {dimensions: 2, box: 10.0, periodic: true}'"
        if world.space is None:
            return [Problem(where, "no 'space' in the scenario", "a space to move in", example)]
        problems = HasColumn(column="position", shape=SPACE).unmet(member, world, where)
        if self.periodic and not world.space.periodic:
            problems.append(Problem(where, "an open space", "a periodic space", example))
        return problems

    def sentence(self) -> str:
        """Says which space."""
        return f"positions in a {'periodic ' if self.periodic else ''}space"
