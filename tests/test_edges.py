import torch
from hypothesis import given
from hypothesis import strategies as st

from netware.edges import Edges, pair_keys, sorted_keys


def graph(
    seed: int, sources: int = 7, targets: int = 5, edges: int = 30, weighted: bool = True
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:
    chance = torch.Generator().manual_seed(seed)
    source = torch.randint(0, sources, (edges,), generator=chance)
    target = torch.randint(0, targets, (edges,), generator=chance)
    return source, target, torch.rand(edges, generator=chance) if weighted else None


def dense(
    source: torch.Tensor, target: torch.Tensor, weight: torch.Tensor | None, shape: tuple[int, int]
) -> torch.Tensor:
    weight = torch.ones(len(source)) if weight is None else weight
    matrix = torch.zeros(shape, dtype=torch.float64)
    return matrix.index_put((target, source), weight.double(), accumulate=True)


@given(st.integers(0, 2**31), st.booleans(), st.integers(0, 40))
def test_pairs_become_rows_sorted_by_target_then_source(seed, weighted, many):
    source, target, weight = graph(seed, edges=many, weighted=weighted)
    edges = Edges.from_pairs(source, target, 7, 5, weight)
    key = edges.target.long() * 7 + edges.source.long()
    assert (key[1:] >= key[:-1]).all()
    assert key.tolist() == sorted((target * 7 + source).tolist())
    assert edges.in_degree.tolist() == [int((target == t).sum()) for t in range(5)]
    assert edges.source.dtype == edges.pointer.dtype == torch.int32


def test_the_order_of_pairs_does_not_matter_and_weights_and_attributes_follow_them():
    source, target = torch.tensor([2, 0, 1, 1]), torch.tensor([1, 1, 0, 1])
    weight, age = torch.tensor([0.1, 0.2, 0.3, 0.4]), torch.tensor([1, 2, 3, 4])
    one = Edges.from_pairs(source, target, 3, 2, weight, {"age": age})
    back = torch.tensor([3, 1, 0, 2])
    other = Edges.from_pairs(source[back], target[back], 3, 2, weight[back], {"age": age[back]})
    assert one.source.tolist() == other.source.tolist() == [1, 0, 1, 2]
    assert (
        one.weights(torch.float32).tolist()
        == other.weights(torch.float32).tolist()
        == weight[[2, 1, 3, 0]].tolist()
    )
    assert one.attributes["age"].tolist() == other.attributes["age"].tolist() == [3, 2, 4, 1]


def test_pairs_may_be_int32_and_are_not_overwritten():
    source, target, _ = graph(1)
    first = Edges.from_pairs(source, target, 7, 5)
    again = Edges.from_pairs(source.int(), target.int(), 7, 5)
    assert torch.equal(first.source, again.source) and torch.equal(first.pointer, again.pointer)
    assert torch.equal(source, graph(1)[0]) and torch.equal(target, graph(1)[1])


@given(st.integers(0, 2**31), st.sampled_from([torch.float32, torch.float64]))
def test_total_mean_and_strength_are_those_of_the_matrix(seed, dtype):
    source, target, weight = graph(seed)
    edges, matrix = Edges.from_pairs(source, target, 7, 5, weight), dense(*graph(seed), (5, 7))
    x = torch.rand(7, 2, 3, generator=torch.Generator().manual_seed(seed), dtype=dtype)
    expected = torch.einsum("ts,sij->tij", matrix, x.double())
    tolerance = 1e-12 if dtype == torch.float64 else 1e-5
    assert (edges.total(x).double() - expected).abs().max() < tolerance
    assert edges.total(x).dtype == dtype
    strength = matrix.sum(1)
    assert (edges.strength(dtype).double() - strength).abs().max() < tolerance
    mean = expected / torch.where(strength == 0, 1.0, strength)[:, None, None]
    assert (edges.mean(x).double() - mean).abs().max() < 10 * tolerance
    assert (edges.total(x[:, 0, 0]) - edges.total(x)[:, 0, 0]).abs().max() < tolerance


def test_the_mean_over_no_sources_is_zero():
    edges = Edges.from_pairs(torch.tensor([0]), torch.tensor([1]), 2, 3)
    assert edges.mean(torch.tensor([[5.0], [7.0]])).tolist() == [[0.0], [5.0], [0.0]]


@given(st.integers(0, 2**31), st.booleans())
def test_the_negative_laplacian_has_rows_that_sum_to_zero_and_the_matrix_beside_it(seed, weighted):
    source, target, weight = graph(seed, 6, 6, 20, weighted)
    edges = Edges.from_pairs(source, target, 6, 6, weight)
    matrix = dense(source, target, weight, (6, 6))
    expected = matrix - torch.diag(matrix.sum(1))
    found = edges.minus_laplacian(torch.float64).to_dense()
    assert (found - expected).abs().max() < 1e-6
    assert found.sum(1).abs().max() < 1e-6
    assert edges.minus_laplacian(torch.float64) is edges.minus_laplacian(torch.float64)


@given(st.integers(0, 2**31), st.sampled_from([torch.float32, torch.float64]))
def test_in_columns_a_row_has_the_same_sum_whatever_rows_stand_beside_it(seed, dtype):
    chance = torch.Generator().manual_seed(seed)
    source, target = (torch.randint(0, 300, (4000,), generator=chance) for _ in range(2))
    weight = torch.rand(4000, generator=chance, dtype=dtype)
    edges = Edges.from_pairs(source, target, 300, 300, weight)
    for shape in ((300,), (300, 2), (300, 2, 3)):
        x = torch.rand(shape, generator=chance, dtype=dtype)
        found = edges.in_columns(x)
        assert (found - edges.total(x)).abs().max() < 1e-4
        for some in (torch.randperm(300, generator=chance)[:40], torch.tensor([seed % 300])):
            assert torch.equal(edges.into(some).in_columns(x), found[some])


@given(st.integers(0, 2**31), st.lists(st.integers(0, 4), max_size=6))
def test_edges_into_chosen_targets_are_theirs_alone(seed, chosen):
    source, target, weight = graph(seed)
    edges = Edges.from_pairs(source, target, 7, 5, weight)
    some = edges.into(torch.tensor(chosen, dtype=torch.int64))
    assert some.targets == len(chosen)
    for row, t in enumerate(chosen):
        part = slice(int(edges.pointer[t]), int(edges.pointer[t + 1]))
        own = slice(int(some.pointer[row]), int(some.pointer[row + 1]))
        assert torch.equal(some.source[own], edges.source[part])
        assert torch.equal(some.weights(torch.float32)[own], edges.weights(torch.float32)[part])


@given(st.integers(0, 2**31))
def test_places_count_the_edges_of_each_source(seed):
    source, target, _ = graph(seed)
    edges = Edges.from_pairs(source, target, 7, 5)
    place, most = edges.places
    for s in range(7):
        own = place[edges.source == s]
        assert own.tolist() == list(range(len(own)))
    assert most == max(int((source == s).sum()) for s in range(7))


def test_edge_index_is_as_in_pytorch_geometric():
    edges = Edges.from_pairs(torch.tensor([2, 0]), torch.tensor([0, 1]), 3, 2)
    assert edges.edge_index.tolist() == [[2, 0], [0, 1]]
    assert edges.edge_index.dtype == torch.int64


def test_no_edges_at_all():
    none = torch.zeros(0, dtype=torch.int64)
    edges = Edges.from_pairs(none, none, 4, 3)
    assert edges.count == 0 and edges.targets == 3
    assert edges.total(torch.ones(4, 2)).tolist() == [[0.0, 0.0]] * 3
    assert edges.places[1] == 0


def test_keys_are_sorted_in_place():
    keys = torch.tensor([3, -1, 2])
    assert sorted_keys(keys).tolist() == [-1, 2, 3]
    assert keys.tolist() == [-1, 2, 3]


def test_a_pair_has_one_key_even_where_int32_would_overflow():
    major, minor = torch.tensor([1, 2_000_000], dtype=torch.int32), torch.tensor([5, 7]).int()
    assert pair_keys(major, minor, 3_000_000).tolist() == [3_000_005, 6_000_000_000_007]
    assert major.tolist() == [1, 2_000_000]
