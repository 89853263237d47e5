"""Functors from a finite category to finite sets, what is natural between them, and Yoneda."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from netware.errors import ShapeError
from netware.graphs.categories.finite_category import FiniteCategory, Morphism, Object


Element = Any
Function = Mapping[Element, Element]
Transformation = Mapping[Object, Function]

MOST_CANDIDATES = 2_000_000


@dataclass(frozen=True)
class Presheaf:
    """A functor F: C^op -> finite sets; the axioms are checked when it is made.

    F(identity) = identity,   F(g o f) = F(f) o F(g),   F(f): F(target of f) -> F(source of f)

    For covariant functors give it `category.opposite()`.

    Args:
        category: C.
        sets: F(a) for each object a.
        maps: F(f) for each morphism f.

    Source: Leinster (2014), Basic Category Theory, Cambridge University Press, arXiv:1612.09375,
    definition 1.2.15.
    Departs from it: nothing.
    """

    category: FiniteCategory
    sets: Mapping[Object, tuple[Element, ...]]
    maps: Mapping[Morphism, Function]

    def __post_init__(self):
        """Refuses maps that do not fit the sets or each other."""
        for name, (source, target) in self.category.morphisms.items():
            goes = self.maps.get(name, {})
            here = set(self.sets[source])
            if set(goes) != set(self.sets[target]) or not set(goes.values()) <= here:
                raise no_functor(f"the map of {name}", f"one from F({target}) to F({source})")
        for own in self.category.identities.values():
            if any(x != y for x, y in self.maps[own].items()):
                raise no_functor(f"the map of the identity {own}", "one that moves nothing")
        for (after, before), whole in self.category.composites.items():
            for x, y in self.maps[whole].items():
                if self.maps[before][self.maps[after][x]] != y:
                    raise no_functor(
                        f"the map of {after} o {before}", f"F({before}) after F({after})"
                    )


def no_functor(found: str, expected: str) -> ShapeError:
    """Returns the error for maps that make no functor."""
    return ShapeError("functor", found=found, expected=expected, fix="mend the maps")


def represented(category: FiniteCategory, a: Object) -> Presheaf:
    """Returns Hom(-, a): an object by everything that leads from others to it.

    Hom(f, a) takes g: y -> a to g o f: x -> a for f: x -> y.
    """
    return Presheaf(
        category,
        {x: category.hom(x, a) for x in category.objects},
        {
            f: {g: category.compose(g, f) for g in category.hom(y, a)}
            for f, (_, y) in category.morphisms.items()
        },
    )


def broken_squares(
    candidate: Transformation, first: Presheaf, second: Presheaf
) -> tuple[Morphism, ...]:
    """Returns the morphisms at which a transformation is not natural, none if it is.

    Natural at f: x -> y means G(f)(t_y(e)) = t_x(F(f)(e)) for all e in F(y).
    """
    return tuple(
        f
        for f, (x, y) in first.category.morphisms.items()
        if any(
            second.maps[f][candidate[y][e]] != candidate[x][first.maps[f][e]] for e in first.sets[y]
        )
    )


def is_natural(candidate: Transformation, first: Presheaf, second: Presheaf) -> bool:
    """Tells whether every square of a transformation commutes."""
    return not broken_squares(candidate, first, second)


def transformations(first: Presheaf, second: Presheaf) -> Iterator[Transformation]:
    """Yields every family of functions F(a) -> G(a), natural or not."""
    objects = first.category.objects
    sizes = [len(second.sets[a]) ** len(first.sets[a]) for a in objects]
    if prod(sizes) > MOST_CANDIDATES:
        raise ShapeError(
            "natural transformations",
            found=f"{' x '.join(map(str, sizes))} = {prod(sizes)} families of functions",
            expected=f"at most {MOST_CANDIDATES}, to be tried one by one",
            fix="take smaller sets or a smaller category",
        )
    functions = [
        [
            dict(zip(first.sets[a], values, strict=True))
            for values in product(second.sets[a], repeat=len(first.sets[a]))
        ]
        for a in objects
    ]
    for family in product(*functions):
        yield dict(zip(objects, family, strict=True))


def natural_transformations(first: Presheaf, second: Presheaf) -> tuple[Transformation, ...]:
    """Returns Nat(F, G), by trying every family of functions."""
    return tuple(t for t in transformations(first, second) if is_natural(t, first, second))


def naturally_isomorphic(first: Presheaf, second: Presheaf) -> bool:
    """Tells whether some natural transformation is one to one on every object.

    Equal numbers of elements are necessary and do not suffice.
    """
    objects = first.category.objects
    if any(len(first.sets[a]) != len(second.sets[a]) for a in objects):
        return False
    return any(
        all(len(set(t[a].values())) == len(first.sets[a]) for a in objects)
        for t in natural_transformations(first, second)
    )


def yoneda(functor: Presheaf, a: Object, element: Element) -> Transformation:
    """Returns the natural transformation Hom(-, a) -> F that takes the identity to `element`.

    f: x -> a goes to F(f)(element); every natural transformation is one of these.

    Source: Leinster (2014), Basic Category Theory, arXiv:1612.09375, theorem 4.2.1.
    """
    category = functor.category
    return {x: {f: functor.maps[f][element] for f in category.hom(x, a)} for x in category.objects}
