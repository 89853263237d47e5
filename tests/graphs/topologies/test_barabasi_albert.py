import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.graphs.topologies.barabasi_albert import BarabasiAlbert
from netware.graphs.topology import Ends, Links


def made(agents: int, m: int, seed: int) -> Links:
    return BarabasiAlbert(m).links(Ends("net", agents, agents, True, Draws.of(seed)))


@given(st.integers(0, 2**31), st.integers(2, 80), st.integers(1, 6))
def test_links_are_simple_mutual_and_m_for_each_newcomer(seed, agents, m):
    if m >= agents:
        return
    links = made(agents, m, seed)
    found = set(zip(links.source.tolist(), links.target.tolist(), strict=True))
    assert len(found) == len(links.source) == 2 * m * (agents - m)
    assert all(s != t and (t, s) in found for s, t in found)
    for newcomer in range(m + 1, agents):
        assert sum(1 for s, t in found if s == newcomer and t < newcomer) == m


def test_degrees_follow_a_power_law_with_exponent_three():
    degree = torch.bincount(made(200_000, 3, 1).target).double()
    assert degree.min() == 3
    # Exact law for large graphs: P(k) = 2 m (m + 1) / (k (k + 1) (k + 2)).
    for k in (3, 4, 5, 10, 20):
        share = (degree == k).double().mean()
        assert share == pytest.approx(2 * 3 * 4 / (k * (k + 1) * (k + 2)), rel=0.1)
    tail = degree[degree >= 30]
    exponent = 1 + len(tail) / torch.log(tail / 29.5).sum()
    assert exponent == pytest.approx(3, abs=0.15)


def test_the_oldest_have_the_most_links():
    degree = torch.bincount(made(20_000, 4, 2).target).double()
    assert degree[:20].mean() > 10 * degree[-10_000:].mean()
    # k_i ~ m sqrt(n / i)
    middle = degree[4_000:6_000].mean()
    assert middle == pytest.approx(4 * (20_000 / 5_000) ** 0.5, rel=0.1)


def test_as_many_links_as_agents_are_refused():
    with pytest.raises(ScenarioError, match=r"S-GRAPH m = 5\n.*a number below 5 agents"):
        made(5, 5, 1)
