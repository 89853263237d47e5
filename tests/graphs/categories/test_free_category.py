import pytest

from netware.errors import ScenarioError, ShapeError
from netware.graphs.categories.free_category import IDENTITY, Arrow, Composition, FreeCategory, Path
from netware.graphs.networkx import TypedGraph


PARTS = Composition(
    {("part", "part"): "part", ("part", "needs"): "needs", ("needs", "part"): "needs"}
)


def graph() -> TypedGraph:
    found = TypedGraph()
    found.add_nodes_from("abcd")
    found.add_edge("a", "b", key="part")
    found.add_edge("b", "c", key="part")
    found.add_edge("b", "c", key="needs")
    found.add_edge("c", "d", key="part")
    return found


def test_paths_are_edges_in_a_row_and_keep_their_types() -> None:
    free = FreeCategory.of(graph())
    paths = free.hom("a", "c", 3)
    assert [path.relation for path in paths] == ["part part", "part needs"]
    assert free.hom("a", "a", 3) == (free.identity("a"),)
    assert free.hom("d", "a", 9) == ()


def test_the_number_of_paths_is_a_power_of_the_adjacency() -> None:
    ring = [Arrow(i, (i + hop) % 5, "on", hop) for i in range(5) for hop in (1, 2)]
    free = FreeCategory(tuple(range(5)), tuple(ring))
    assert len(free.paths(0, 3)) == 1 + 2 + 4 + 8
    assert sum(len(free.hom(0, other, 3)) for other in range(5)) == 15


def test_a_table_says_what_two_types_amount_to_and_forbids_the_rest() -> None:
    free = FreeCategory.of(graph(), PARTS)
    assert [path.relation for path in free.hom("a", "d", 3)] == ["part", "needs"]
    friends = FreeCategory.of(graph(), Composition({("part", "part"): "part"}))
    assert [path.relation for path in friends.hom("a", "d", 3)] == ["part"]
    assert friends.hom("b", "d", 3) == (
        Path("b", "d", (Arrow("b", "c", "part"), Arrow("c", "d", "part")), "part"),
    )


def test_types_that_do_not_compose_are_refused_and_identities_always_compose() -> None:
    free = FreeCategory.of(graph(), Composition({("part", "part"): "part"}))
    first, second = free.path(Arrow("b", "c", "needs")), free.path(Arrow("c", "d", "part"))
    with pytest.raises(ShapeError) as caught:
        free.compose(second, first)
    message = str(caught.value)
    assert "category: composition: 'needs' then 'part', which do not compose" in message
    assert "expected: 'needs' then nothing" in message
    assert "fix: give the table an entry for (needs, part)" in message
    assert free.compose(first, free.identity("b")) == first
    assert free.compose(free.identity("c"), first) == first
    assert free.identity("b").relation == IDENTITY


def test_paths_that_do_not_meet_are_refused() -> None:
    free = FreeCategory.of(graph())
    with pytest.raises(ShapeError, match="a path to b, then one from c"):
        free.compose(free.path(Arrow("c", "d", "part")), free.path(Arrow("a", "b", "part")))


def test_a_table_that_depends_on_brackets_is_refused() -> None:
    with pytest.raises(ScenarioError) as caught:
        Composition({("a", "a"): "b", ("b", "a"): "a"})
    message = str(caught.value)
    assert "composition table: (a then a) then a is a, a then (a then a) is nothing" in message
    assert "expected: the same type for both, or nothing for both" in message


def test_edges_of_nobody_are_refused() -> None:
    with pytest.raises(ShapeError, match="an edge 'knows' at 7, which is no object"):
        FreeCategory((0, 1), (Arrow(0, 7, "knows"),))


def test_edges_between_the_same_two_are_told_apart() -> None:
    free = FreeCategory((0, 1), (Arrow(0, 1, "knows", 0), Arrow(0, 1, "knows", 1)))
    one, other = free.hom(0, 1, 1)
    assert one != other and one.relation == other.relation
