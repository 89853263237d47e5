import pytest

from netware.errors import ShapeError
from netware.graphs.categories.finite_category import FiniteCategory, monoid, of_paths, poset
from netware.graphs.categories.free_category import Arrow, Composition, FreeCategory


CHAIN = poset((0, 1, 2), lambda a, b: a <= b)


def test_an_order_has_one_morphism_upwards_and_none_down() -> None:
    assert CHAIN.hom(0, 2) == ((0, 2),) and CHAIN.hom(2, 0) == ()
    assert CHAIN.compose((1, 2), (0, 1)) == (0, 2)
    assert not CHAIN.isomorphic(0, 1) and CHAIN.isomorphic(1, 1)


def test_a_group_is_a_category_of_one_object_where_all_can_be_undone() -> None:
    z3 = monoid((0, 1, 2), lambda a, b: (a + b) % 3, 0)
    assert z3.objects == ("*",) and len(z3.hom("*", "*")) == 3
    assert z3.compose(2, 2) == 1


def test_the_opposite_turns_every_morphism() -> None:
    turned = CHAIN.opposite()
    assert turned.hom(2, 0) == ((0, 2),)
    assert turned.compose((0, 1), (1, 2)) == (0, 2)
    assert turned.opposite() == CHAIN


def test_all_paths_of_a_graph_without_cycles() -> None:
    diamond = [
        Arrow("a", "b", "x"),
        Arrow("a", "c", "x"),
        Arrow("b", "d", "y"),
        Arrow("c", "d", "y"),
    ]
    found = of_paths(FreeCategory(tuple("abcd"), tuple(diamond)))
    assert len(found.hom("a", "d")) == 2 and len(found.morphisms) == 4 + 4 + 2
    assert not any(found.isomorphic(a, b) for a in "abcd" for b in "abcd" if a != b)


def test_cycles_and_tables_make_no_finite_category_of_paths() -> None:
    loop = (Arrow(0, 1, "x"), Arrow(1, 0, "x"))
    with pytest.raises(ShapeError, match="a graph with a cycle, and so paths without end"):
        of_paths(FreeCategory((0, 1), loop))
    with pytest.raises(ShapeError, match="by which some paths are no paths"):
        of_paths(FreeCategory((0, 1), loop[:1], Composition({})))


def test_what_is_no_category_is_refused() -> None:
    with pytest.raises(ShapeError, match="composition that does not depend on brackets"):
        monoid((0, 1, 2), lambda a, b: b if not a else a if not b else (2, 1)[a == 2], 0)
    with pytest.raises(ShapeError, match="identities that are neutral"):
        monoid((0, 1), lambda a, b: 0, 1)
    with pytest.raises(ShapeError, match="1 o 1 is None"):
        FiniteCategory({1: ("*", "*")}, {"*": 1}, {})
    with pytest.raises(ShapeError, match="as the identity of a"):
        FiniteCategory({1: ("b", "b")}, {"a": 1}, {(1, 1): 1})


def test_morphisms_that_do_not_meet_are_refused() -> None:
    with pytest.raises(ShapeError, match="expected: a second morphism that starts at 1"):
        CHAIN.compose((0, 1), (0, 1))
