import networkx
import numpy as np
import pytest

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.graphs.topologies.ring import Ring
from netware.graphs.topology import Ends


def graph(agents: int, k: int) -> networkx.Graph:
    links = Ring(k).links(Ends("net", agents, agents, True, Draws.of(1)))
    found = list(zip(links.source.tolist(), links.target.tolist(), strict=True))
    assert (
        len(set(found)) == len(found) == agents * k == Ring(k).expected(agents, agents, True, None)
    )
    made = networkx.DiGraph(found)
    assert made.to_undirected().number_of_edges() * 2 == len(found)
    return made.to_undirected()


@pytest.mark.parametrize(("agents", "k"), [(3, 2), (10, 2), (11, 4), (12, 10)])
def test_it_is_the_circulant_graph(agents, k):
    expected = networkx.circulant_graph(agents, range(1, k // 2 + 1))
    assert networkx.utils.graphs_equal(graph(agents, k), expected)


def test_its_algebraic_connectivity_is_that_of_the_cycle():
    spectrum = np.sort(networkx.laplacian_spectrum(graph(10, 2)))
    assert spectrum[1] == pytest.approx(2 - 2 * np.cos(2 * np.pi / 10))
    spectrum = np.sort(networkx.laplacian_spectrum(graph(100, 6)))
    assert spectrum[1] == pytest.approx(0.0551426, abs=1e-6)


@pytest.mark.parametrize(("agents", "k"), [(4, 3), (4, 4), (2, 2)])
def test_an_odd_or_too_large_k_is_refused(agents, k):
    with pytest.raises(ScenarioError, match=rf"S-GRAPH k = {k}\n.*even number below {agents}"):
        graph(agents, k)
