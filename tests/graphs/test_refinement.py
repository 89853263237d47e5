import networkx
import pytest
import torch

from netware.graphs.refinement import Arcs, halved, multisets, named, refined, rows_named


def arcs_of(graph: networkx.Graph) -> Arcs:
    pairs = torch.tensor([*graph.edges, *((b, a) for a, b in graph.edges)]).view(-1, 2)
    return Arcs(pairs[:, 0], pairs[:, 1], torch.zeros(len(pairs), dtype=torch.int64))


def partition(colour: torch.Tensor) -> set[frozenset[int]]:
    found: dict[int, set[int]] = {}
    for agent, own in enumerate(colour.tolist()):
        found.setdefault(own, set()).add(agent)
    return {frozenset(members) for members in found.values()}


def by_hand(agents: int, arcs: Arcs, start: list[int]) -> set[frozenset[int]]:
    """The same with dictionaries and sorted tuples."""
    colour: list = list(start)
    rows = list(zip(arcs.at.tolist(), arcs.other.tolist(), arcs.label.tolist(), strict=True))
    for _ in range(agents):
        seen = [sorted((lab, colour[o]) for a, o, lab in rows if a == i) for i in range(agents)]
        names: dict = {}
        colour = [
            names.setdefault((own, tuple(sight)), len(names))
            for own, sight in zip(colour, seen, strict=True)
        ]
    return partition(torch.tensor(colour))


def zeros(agents: int) -> torch.Tensor:
    return torch.zeros(agents, dtype=torch.int64)


def test_a_path_folds_at_its_middle_and_a_star_at_its_hub() -> None:
    path = partition(refined(zeros(5), arcs_of(networkx.path_graph(5))))
    assert path == {frozenset({0, 4}), frozenset({1, 3}), frozenset({2})}
    star = partition(refined(zeros(7), arcs_of(networkx.star_graph(6))))
    assert star == {frozenset({0}), frozenset(range(1, 7))}


@pytest.mark.parametrize("seed", range(12))
def test_it_is_what_dictionaries_find_on_random_typed_graphs(seed) -> None:
    chance = torch.Generator().manual_seed(seed)
    agents, edges = 14, 10 + seed
    at, other = torch.randint(agents, (2, edges), generator=chance)
    arcs = Arcs(at, other, torch.randint(2, (edges,), generator=chance))
    start = torch.randint(2, (agents,), generator=chance) if seed % 2 else zeros(agents)
    assert partition(refined(start, arcs)) == by_hand(agents, arcs, start.tolist())


def test_the_partition_is_equitable_and_finer_than_the_beginning() -> None:
    graph = networkx.gnp_random_graph(30, 0.08, seed=3)
    arcs, start = arcs_of(graph), (torch.arange(30) == 4).long()
    colour = refined(start, arcs)
    many = int(colour.max()) + 1
    seen = torch.zeros(30, many).index_put(
        (arcs.at, colour[arcs.other]), torch.ones(len(arcs.at)), accumulate=True
    )
    for own in range(many):
        members = colour == own
        assert (seen[members] == seen[members][0]).all() and len(start[members].unique()) == 1


def test_regular_graphs_are_beyond_it() -> None:
    six, two = networkx.cycle_graph(6), networkx.disjoint_union(*[networkx.cycle_graph(3)] * 2)
    both = networkx.disjoint_union(six, two)
    assert not networkx.is_isomorphic(six, two)
    assert len(partition(refined(zeros(12), arcs_of(both)))) == 1


def test_no_edges_leave_the_beginning() -> None:
    none = torch.zeros(0, dtype=torch.int64)
    assert refined(torch.tensor([5, 2, 5]), Arcs(none, none, none)).tolist() == [1, 0, 1]


def test_multisets_tell_lengths_and_members_apart() -> None:
    rows = [[1], [1, 1], [1, 1, 1], [1, 2, 1], [], [1, 1, 1], [2], [1, 1, 1, 1, 1]]
    at = torch.tensor([i for i, row in enumerate(rows) for _ in row])
    names = torch.tensor([name for row in rows for name in row])
    found = multisets(at, names, halved(at, len(rows)), len(rows))
    assert found[2] == found[5] and found[4] == 0
    assert len(set(found.tolist())) == 7


def test_equal_rows_have_equal_numbers() -> None:
    rank, many = rows_named(torch.tensor([[1.0, 2.0], [0.0, 2.0], [1.0, 2.0]]))
    assert many == 2 and rank[0] == rank[2] != rank[1]
    assert rows_named(torch.zeros(3, 0))[0].tolist() == [0, 0, 0]
    assert named(torch.tensor([7, 3, 7]))[0].tolist() == [1, 0, 1]
