import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.graphs.topologies.erdos_renyi import ErdosRenyi, below_diagonal
from netware.graphs.topology import Ends, Links


def made(topology: ErdosRenyi, agents: int, seed: int, targets: int | None = None) -> Links:
    return topology.links(Ends("net", agents, targets or agents, targets is None, Draws.of(seed)))


@given(st.integers(0, 2**31), st.integers(1, 60), st.sampled_from([0.0, 0.05, 0.5, 1.0]))
def test_links_are_simple_and_mutual(seed, agents, p):
    links = made(ErdosRenyi(p=p), agents, seed)
    found = set(zip(links.source.tolist(), links.target.tolist(), strict=True))
    assert len(found) == len(links.source)
    assert all(s != t and (t, s) in found for s, t in found)
    assert len(found) == agents * (agents - 1) if p == 1 else p > 0 or not found


@pytest.mark.parametrize("targets", [None, 700])
def test_every_pair_is_as_likely_and_their_number_is_binomial(targets):
    p, counts = 0.02, []
    for seed in range(40):
        links = made(ErdosRenyi(p=p), 300, seed, targets)
        counts.append(len(links.source))
    pairs = 300 * 299 / 2 if targets is None else 300 * 700
    each = torch.tensor(counts, dtype=torch.float64) / (2 if targets is None else 1)
    sd = (pairs * p * (1 - p)) ** 0.5
    assert abs(each.mean() - pairs * p) < 4 * sd / 40**0.5
    assert 0.6 < each.std() / sd < 1.5


def test_degrees_are_binomial_and_know_no_position():
    links = made(ErdosRenyi(mean_degree=10.0), 50_000, 3)
    degree = torch.bincount(links.target, minlength=50_000).double()
    assert degree.mean() == pytest.approx(10, abs=0.1)
    assert degree.var() == pytest.approx(10, rel=0.05)
    for part in degree.split(10_000):
        assert part.mean() == pytest.approx(10, abs=0.15)


def test_between_populations_the_mean_degree_is_that_of_the_targets():
    links = made(ErdosRenyi(mean_degree=4.0), 500, 1, 2000)
    assert links.source.max() < 500 and links.target.max() < 2000
    assert len(links.source) / 2000 == pytest.approx(4, abs=0.25)
    assert ErdosRenyi(mean_degree=4.0).expected(500, 2000, False, None) == 8000
    assert ErdosRenyi(p=0.5).expected(10, 10, True, None) == 45


def test_pairs_are_numbered_row_by_row():
    row, column = below_diagonal(torch.arange(10))
    assert row.tolist() == [1, 2, 2, 3, 3, 3, 4, 4, 4, 4]
    assert column.tolist() == [0, 0, 1, 0, 1, 2, 0, 1, 2, 3]
    far = torch.tensor([10**8 * (10**8 - 1) // 2 - 1, 10**8 * (10**8 - 1) // 2])
    row, column = below_diagonal(far)
    assert row.tolist() == [10**8 - 1, 10**8] and column.tolist() == [10**8 - 2, 0]


@pytest.mark.parametrize(
    ("topology", "text"),
    [
        (ErdosRenyi(), "neither of p and mean_degree"),
        (ErdosRenyi(0.1, 2.0), "both of p and mean_degree"),
        (ErdosRenyi(mean_degree=12.0), "mean_degree = 12\n.*at most 9 possible neighbours"),
    ],
)
def test_what_cannot_be_is_refused(topology, text):
    with pytest.raises(ScenarioError, match=f"S-GRAPH {text}"):
        made(topology, 10, 1)


def test_more_links_than_can_be_counted_are_refused_before_they_are_made():
    with pytest.raises(ScenarioError, match=r"S-GRAPH about 2.5e\+11 links"):
        made(ErdosRenyi(p=0.5), 1_000_000, 1)
