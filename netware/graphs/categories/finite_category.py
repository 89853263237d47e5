"""Finite categories, given by their table of composition."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from netware.errors import ShapeError
from netware.graphs.categories.free_category import FreeCategory


Object = Any
Morphism = Any


@dataclass(frozen=True)
class FiniteCategory:
    """Finitely many objects and morphisms, whose axioms are checked when it is made.

    Args:
        morphisms: Source and target of each morphism, by its name.
        identities: Identity of each object.
        composites: after o before for each pair (after, before) that meets.

    Source: Leinster (2014), Basic Category Theory, Cambridge University Press, arXiv:1612.09375,
    definition 1.1.1.
    Departs from it: nothing.
    """

    morphisms: Mapping[Morphism, tuple[Object, Object]]
    identities: Mapping[Object, Morphism]
    composites: Mapping[tuple[Morphism, Morphism], Morphism]

    def __post_init__(self):
        """Refuses a table that is not a category's."""
        for after, before in product(self.morphisms, repeat=2):
            if self.meet(after, before):
                whole = self.composites.get((after, before))
                ends = (self.morphisms[before][0], self.morphisms[after][1])
                if whole not in self.morphisms or self.morphisms[whole] != ends:
                    raise no_category(f"{after} o {before} is {whole}", f"a morphism {ends}")
        for here, own in self.identities.items():
            if self.morphisms.get(own) != (here, here):
                raise no_category(f"{own} as the identity of {here}", f"a morphism {(here, here)}")
        for name, (source, target) in self.morphisms.items():
            first, last = self.identities[source], self.identities[target]
            if self.compose(name, first) != name or self.compose(last, name) != name:
                raise no_category(f"{name} changed by an identity", "identities that are neutral")
        for third, second, first in product(self.morphisms, repeat=3):
            if self.meet(third, second) and self.meet(second, first):
                one = self.compose(self.compose(third, second), first)
                other = self.compose(third, self.compose(second, first))
                if one != other:
                    raise no_category(
                        f"({third} o {second}) o {first} = {one}, but the other way {other}",
                        "composition that does not depend on brackets",
                    )

    @property
    def objects(self) -> tuple[Object, ...]:
        """Lists the objects."""
        return tuple(self.identities)

    def meet(self, after: Morphism, before: Morphism) -> bool:
        """Tells whether `after` starts where `before` ends."""
        return self.morphisms[after][0] == self.morphisms[before][1]

    def compose(self, after: Morphism, before: Morphism) -> Morphism:
        """Returns after o before."""
        if (after, before) not in self.composites:
            raise ShapeError(
                "category: composition",
                found=f"{before} to {self.morphisms[before][1]}, "
                f"then {after} from {self.morphisms[after][0]}",
                expected=f"a second morphism that starts at {self.morphisms[before][1]}",
                fix="compose morphisms that meet",
            )
        return self.composites[after, before]

    @cached_property
    def _homs(self) -> dict[tuple[Object, Object], tuple[Morphism, ...]]:
        found: dict[tuple[Object, Object], list[Morphism]] = {}
        for name, ends in self.morphisms.items():
            found.setdefault(ends, []).append(name)
        return {ends: tuple(names) for ends, names in found.items()}

    def hom(self, source: Object, target: Object) -> tuple[Morphism, ...]:
        """Returns Hom(source, target)."""
        return self._homs.get((source, target), ())

    def isomorphic(self, one: Object, other: Object) -> bool:
        """Tells whether some f: one -> other has an inverse."""
        here, there = self.identities[one], self.identities[other]
        return any(
            self.compose(g, f) == here and self.compose(f, g) == there
            for f in self.hom(one, other)
            for g in self.hom(other, one)
        )

    def opposite(self) -> "FiniteCategory":
        """Returns the same category with every morphism turned round."""
        return FiniteCategory(
            {name: (target, source) for name, (source, target) in self.morphisms.items()},
            self.identities,
            {(after, before): whole for (before, after), whole in self.composites.items()},
        )


def no_category(found: str, expected: str) -> ShapeError:
    """Returns the error for a table that is not a category's."""
    return ShapeError("category", found=found, expected=expected, fix="mend the table")


def poset(objects: tuple[Object, ...], below: Callable[[Object, Object], bool]) -> FiniteCategory:
    """Returns the category of an order: one morphism (a, b) where a is below or equal to b."""
    pairs = [pair for pair in product(objects, repeat=2) if pair[0] == pair[1] or below(*pair)]
    return FiniteCategory(
        {pair: pair for pair in pairs},
        {one: (one, one) for one in objects},
        {
            (after, before): (before[0], after[1])
            for after, before in product(pairs, repeat=2)
            if before[1] == after[0]
        },
    )


def monoid(
    elements: tuple[Morphism, ...], times: Callable[[Morphism, Morphism], Morphism], one: Morphism
) -> FiniteCategory:
    """Returns the category of one object, named `*`, whose morphisms are a monoid or group."""
    return FiniteCategory(
        {element: ("*", "*") for element in elements},
        {"*": one},
        {pair: times(*pair) for pair in product(elements, repeat=2)},
    )


def of_paths(free: FreeCategory) -> FiniteCategory:
    """Returns all paths of a typed graph without cycles, in which all types compose."""
    if free.composition is not None:
        raise ShapeError(
            "category",
            found="a composition table, by which some paths are no paths",
            expected="a free category, in which all paths that meet compose",
            fix="leave the table out",
        )
    longest = len(free.objects)
    found = [path for one in free.objects for path in free.paths(one, longest)]
    if any(len(path.arrows) == longest for path in found):
        raise ShapeError(
            "category",
            found="a graph with a cycle, and so paths without end",
            expected="a graph without cycles",
            fix="take the Hom-sets up to a length: FreeCategory.hom",
        )
    return FiniteCategory(
        {path: (path.source, path.target) for path in found},
        {one: free.identity(one) for one in free.objects},
        {
            (after, before): free.compose(after, before)
            for after, before in product(found, repeat=2)
            if before.target == after.source
        },
    )
