"""CAT-1: composition of typed paths is associative, identities are neutral, types must fit."""

from itertools import product

import pytest
import torch

from netware.errors import ScenarioError, ShapeError
from netware.graphs.categories.free_category import Arrow, Composition, FreeCategory, Path


TYPES = ("part", "kind", "needs")
TABLE = Composition(
    {
        ("part", "part"): "part",
        ("kind", "kind"): "kind",
        ("part", "needs"): "needs",
        ("kind", "needs"): "needs",
        ("needs", "part"): "needs",
        ("needs", "kind"): "needs",
        ("needs", "needs"): "needs",
        ("part", "kind"): "needs",
        ("kind", "part"): "needs",
    }
)
LINKED = Composition({("part", "part"): "part", ("part", "kind"): "kind"})


def category(seed: int, composition: Composition | None) -> FreeCategory:
    chance = torch.Generator().manual_seed(seed)
    ends = torch.randint(6, (14, 2), generator=chance).tolist()
    types = torch.randint(len(TYPES), (14,), generator=chance).tolist()
    arrows = [
        Arrow(a, b, TYPES[t], n) for n, ((a, b), t) in enumerate(zip(ends, types, strict=True))
    ]
    return FreeCategory(tuple(range(6)), tuple(arrows), composition)


def triples(free: FreeCategory, seed: int, many: int) -> list[tuple[Path, Path, Path]]:
    """Draws triples of paths, each of which starts where the one before ends."""
    chance = torch.Generator().manual_seed(100 + seed)
    paths = {one: free.paths(one, 2) for one in free.objects}

    def drawn(start) -> Path:
        choices = paths[start]
        return choices[int(torch.randint(len(choices), (), generator=chance))]

    found = []
    while len(found) < many:
        first = drawn(int(torch.randint(6, (), generator=chance)))
        second = drawn(first.target)
        found.append((first, second, drawn(second.target)))
    return found


@pytest.mark.t0
@pytest.mark.parametrize("composition", [None, TABLE], ids=["words", "table"])
@pytest.mark.parametrize("seed", range(3))
def test_cat_1_composition_is_associative_and_identities_are_neutral(seed, composition):
    free = category(seed, composition)
    for first, second, third in triples(free, seed, 200):
        one = free.compose(third, free.compose(second, first))
        other = free.compose(free.compose(third, second), first)
        assert one == other
        assert one.arrows == first.arrows + second.arrows + third.arrows
        assert free.compose(first, free.identity(first.source)) == first
        assert free.compose(free.identity(first.target), first) == first


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(3))
def test_cat_1_types_that_do_not_fit_raise_whatever_the_brackets(seed):
    free = category(seed, LINKED)
    refused = composed = 0
    for first, second, third in triples(free, seed, 200):
        outcomes = []
        for brackets in ("right", "left"):
            try:
                if brackets == "right":
                    outcomes.append(free.compose(third, free.compose(second, first)))
                else:
                    outcomes.append(free.compose(free.compose(third, second), first))
            except ShapeError:
                outcomes.append(None)
        assert outcomes[0] == outcomes[1]
        refused += outcomes[0] is None
        composed += outcomes[0] is not None
    assert refused and composed


@pytest.mark.t0
def test_cat_1_paths_that_do_not_meet_raise():
    free = category(7, None)
    paths = [path for one in free.objects for path in free.paths(one, 1)]
    for before, after in product(paths, repeat=2):
        if before.target != after.source:
            with pytest.raises(ShapeError, match="a second path that starts at"):
                free.compose(after, before)


@pytest.mark.t0
def test_cat_1_a_table_that_is_not_associative_is_no_table():
    # Negative control: rock, paper, scissors; what wins depends on who meets first.
    beats = {("r", "p"): "p", ("p", "s"): "s", ("s", "r"): "r"}
    both = beats | {(b, a): c for (a, b), c in beats.items()} | {(a, a): a for a in "rps"}
    with pytest.raises(ScenarioError, match="the same type for both"):
        Composition(both)
