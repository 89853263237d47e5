"""CAT-2: Yoneda's lemma, by counting all natural transformations of small categories."""

from itertools import permutations

import pytest
import torch

from netware.graphs.categories.finite_category import FiniteCategory, monoid, of_paths, poset
from netware.graphs.categories.free_category import Arrow, FreeCategory
from netware.graphs.categories.presheaves import (
    Presheaf,
    natural_transformations,
    naturally_isomorphic,
    represented,
    transformations,
    yoneda,
)


CHAIN = poset((0, 1, 2), lambda a, b: a <= b)
PERMUTATIONS = tuple(permutations(range(3)))


def cyclic(order: int) -> FiniteCategory:
    return monoid(tuple(range(order)), lambda a, b: (a + b) % order, 0)


def symmetric() -> FiniteCategory:
    return monoid(PERMUTATIONS, lambda a, b: tuple(a[b[i]] for i in range(3)), (0, 1, 2))


def on_chain(seed: int) -> Presheaf:
    """A random presheaf on 0 <= 1 <= 2: three sets, and maps downwards."""
    chance = torch.Generator().manual_seed(seed)
    sizes = (1 + torch.randint(4, (3,), generator=chance)).tolist()
    sets = {a: tuple(range(size)) for a, size in enumerate(sizes)}
    down = {
        (a, a + 1): dict(
            enumerate(torch.randint(sizes[a], (sizes[a + 1],), generator=chance).tolist())
        )
        for a in (0, 1)
    }
    down[0, 2] = {x: down[0, 1][down[1, 2][x]] for x in sets[2]}
    same = {(a, a): {x: x for x in sets[a]} for a in sets}
    return Presheaf(CHAIN, sets, same | down)


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(6))
def test_cat_2_on_a_chain_there_are_as_many_as_elements(seed):
    functor = on_chain(seed)
    for a in CHAIN.objects:
        found = natural_transformations(represented(CHAIN, a), functor)
        assert len(found) == len(functor.sets[a])
        by_element = [yoneda(functor, a, x) for x in functor.sets[a]]
        assert all(t in by_element for t in found) and all(t in found for t in by_element)
    # Negative control: without the squares there are more.
    tried = [sum(1 for _ in transformations(represented(CHAIN, a), functor)) for a in (0, 1, 2)]
    assert tried[2] == len(functor.sets[0]) * len(functor.sets[1]) * len(functor.sets[2])


@pytest.mark.t0
@pytest.mark.parametrize(("group", "order"), [(cyclic(3), 3), (symmetric(), 6)], ids=["Z3", "S3"])
def test_cat_2_of_a_group_there_are_as_many_as_members(group, order):
    own = represented(group, "*")
    assert len(natural_transformations(own, own)) == order


@pytest.mark.t0
def test_cat_2_on_the_paths_of_a_typed_graph_there_are_as_many_as_paths():
    edges = (Arrow("a", "b", "x"), Arrow("a", "b", "y"), Arrow("b", "c", "x"), Arrow("a", "c", "x"))
    paths = of_paths(FreeCategory(("a", "b", "c"), edges))
    for here in paths.objects:
        for there in paths.objects:
            functor = represented(paths, there)
            found = natural_transformations(represented(paths, here), functor)
            assert len(found) == len(paths.hom(here, there))


@pytest.mark.t0
def test_cat_2_objects_are_isomorphic_exactly_if_what_leads_to_them_is_naturally():
    # a and b can be undone into each other, c only reaches them: an order with a <= b <= a.
    found = poset(("a", "b", "c"), lambda x, y: x == "c" or y != "c")
    for one in found.objects:
        for other in found.objects:
            alike = naturally_isomorphic(represented(found, one), represented(found, other))
            assert alike == found.isomorphic(one, other)
    assert found.isomorphic("a", "b") and not found.isomorphic("a", "c")


@pytest.mark.t0
def test_cat_2_equal_cardinalities_are_not_natural():
    # Negative control. Two objects; f: a -> b and g: b -> a undo nothing, since whatever is not
    # an identity composes to the zero of its Hom-set. All Hom-sets have two members.
    ends = {(x, y): (f"0{x}{y}", f"1{x}" if x == y else f"f{x}{y}") for x in "ab" for y in "ab"}
    names = {name: pair for pair, both in ends.items() for name in both}
    identities = {"a": "1a", "b": "1b"}

    def whole(after: str, before: str) -> str:
        if before in identities.values() or after in identities.values():
            return after if before in identities.values() else before
        return f"0{names[before][0]}{names[after][1]}"

    met = {
        (after, before): whole(after, before)
        for after in names
        for before in names
        if names[after][0] == names[before][1]
    }
    found = FiniteCategory(names, identities, met)
    to_a, to_b = represented(found, "a"), represented(found, "b")
    for x in "ab":
        assert len(to_a.sets[x]) == len(to_b.sets[x]) == 2
    assert not found.isomorphic("a", "b") and not naturally_isomorphic(to_a, to_b)

    moved, still = represented(cyclic(3), "*"), {f: {x: x for x in range(3)} for f in range(3)}
    assert not naturally_isomorphic(moved, Presheaf(cyclic(3), {"*": (0, 1, 2)}, still))
