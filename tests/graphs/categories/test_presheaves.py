import pytest

from netware.errors import ShapeError
from netware.graphs.categories.finite_category import monoid, poset
from netware.graphs.categories.presheaves import (
    Presheaf,
    broken_squares,
    is_natural,
    natural_transformations,
    naturally_isomorphic,
    represented,
    transformations,
    yoneda,
)


CHAIN = poset((0, 1), lambda a, b: a <= b)
Z2 = monoid((0, 1), lambda a, b: (a + b) % 2, 0)


def over_chain(goes: dict[str, str]) -> Presheaf:
    """A set over each object; what lies over 1 goes to what lies over 0."""
    below, above = ("p", "q"), tuple(goes)
    same = {(0, 0): {x: x for x in below}, (1, 1): {x: x for x in above}}
    return Presheaf(CHAIN, {0: below, 1: above}, {**same, (0, 1): goes})


def test_what_an_object_represents() -> None:
    found = represented(CHAIN, 1)
    assert found.sets == {0: ((0, 1),), 1: ((1, 1),)}
    assert found.maps[0, 1] == {(1, 1): (0, 1)}


def test_the_checker_names_the_squares_that_do_not_commute() -> None:
    functor = over_chain({"u": "p", "v": "p"})
    swapped = {0: {"p": "q", "q": "p"}, 1: {"u": "u", "v": "v"}}
    assert broken_squares(swapped, functor, functor) == ((0, 1),)
    kept = {0: {"p": "p", "q": "q"}, 1: {"u": "v", "v": "u"}}
    assert is_natural(kept, functor, functor) and not is_natural(swapped, functor, functor)


def test_equal_cardinalities_are_no_natural_isomorphism() -> None:
    one, other = over_chain({"u": "p", "v": "p"}), over_chain({"u": "p", "v": "q"})
    assert {a: len(s) for a, s in one.sets.items()} == {a: len(s) for a, s in other.sets.items()}
    assert not naturally_isomorphic(one, other)
    assert naturally_isomorphic(one, over_chain({"u": "q", "v": "q"}))
    moved = represented(Z2, "*")
    still = Presheaf(Z2, {"*": (0, 1)}, {f: {0: 0, 1: 1} for f in (0, 1)})
    assert not naturally_isomorphic(moved, still) and naturally_isomorphic(moved, moved)


def test_each_element_has_its_natural_transformation() -> None:
    functor = over_chain({"u": "p", "v": "q"})
    for a in (0, 1):
        found = natural_transformations(represented(CHAIN, a), functor)
        assert len(found) == len(functor.sets[a])
        assert all(yoneda(functor, a, x) in found for x in functor.sets[a])


def test_maps_that_make_no_functor_are_refused() -> None:
    with pytest.raises(ShapeError, match="the map of the identity 0"):
        Presheaf(Z2, {"*": (0, 1)}, {0: {0: 1, 1: 0}, 1: {0: 0, 1: 1}})
    with pytest.raises(ShapeError, match=r"the map of 1 o 1"):
        Presheaf(Z2, {"*": (0, 1)}, {0: {0: 0, 1: 1}, 1: {0: 0, 1: 0}})
    with pytest.raises(ShapeError, match=r"the map of 1: .*|the map of 1"):
        Presheaf(Z2, {"*": (0, 1)}, {0: {0: 0, 1: 1}, 1: {0: 5, 1: 1}})


def test_too_many_candidates_are_refused_with_the_arithmetic() -> None:
    big = Presheaf(Z2, {"*": tuple(range(9))}, {f: {x: x for x in range(9)} for f in (0, 1)})
    with pytest.raises(ShapeError, match="387420489 = 387420489 families of functions"):
        next(transformations(big, big))
