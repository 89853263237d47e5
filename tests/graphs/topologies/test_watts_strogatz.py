import networkx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.graphs.topologies.ring import Ring
from netware.graphs.topologies.watts_strogatz import WattsStrogatz, first_of_each
from netware.graphs.topology import Ends


def made(agents: int, k: int, p: float, seed: int) -> set[tuple[int, int]]:
    links = WattsStrogatz(k, p).links(Ends("net", agents, agents, True, Draws.of(seed)))
    found = set(zip(links.source.tolist(), links.target.tolist(), strict=True))
    assert len(found) == len(links.source)
    return found


@given(
    st.integers(0, 2**31),
    st.integers(3, 40),
    st.integers(1, 19),
    st.sampled_from([0.0, 0.1, 0.5, 1.0]),
)
def test_links_are_simple_mutual_and_keep_their_number(seed, agents, half, p):
    k = 2 * half
    if k >= agents:
        return
    found = made(agents, k, p, seed)
    assert len(found) == agents * k == WattsStrogatz(k, p).expected(agents, agents, True, None)
    assert all(s != t and (t, s) in found for s, t in found)
    out = {i: sum(1 for s, _ in found if s == i) for i in range(agents)}
    assert min(out.values()) >= half


def test_without_moves_it_is_the_ring():
    ring = Ring(4).links(Ends("net", 12, 12, True, Draws.of(1)))
    expected = set(zip(ring.source.tolist(), ring.target.tolist(), strict=True))
    assert made(12, 4, 0.0, 1) == expected


def test_a_share_p_of_the_links_is_moved():
    ring, agents = made(4000, 6, 0.0, 1), 4000
    kept = len(made(agents, 6, 0.3, 2) & ring) / len(ring)
    assert kept == pytest.approx(0.7, abs=0.02)


def test_a_few_moves_make_the_world_small_and_leave_it_clustered():
    graphs = [networkx.Graph(list(made(500, 10, p, 4))) for p in (0.0, 0.05, 1.0)]
    length = [networkx.average_shortest_path_length(graph) for graph in graphs]
    clustering = [networkx.average_clustering(graph) for graph in graphs]
    assert length[1] < 0.35 * length[0] and clustering[1] > 0.8 * clustering[0]
    assert clustering[2] < 0.1 * clustering[0]


def test_moved_ends_are_uniform():
    links = WattsStrogatz(10, 1.0).links(Ends("net", 20_000, 20_000, True, Draws.of(5)))
    half = len(links.source) // 2
    far = torch.bincount(links.target[:half], minlength=20_000).double()
    assert far.mean() == 5 and far.var() == pytest.approx(5, rel=0.05)


@pytest.mark.parametrize("k", [3, 10, 12])
def test_an_odd_or_too_large_k_is_refused(k):
    with pytest.raises(ScenarioError, match=f"S-GRAPH k = {k}\n.*an even number below 10 agents"):
        made(10, k, 0.1, 1)


def test_the_first_of_equal_keys():
    found = first_of_each(torch.tensor([5, 3, 5, 3, 1]))
    assert found.tolist() == [True, True, False, False, True]
