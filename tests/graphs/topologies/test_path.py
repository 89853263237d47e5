import networkx
import numpy as np
import pytest

from netware.draws import Draws
from netware.graphs.topologies.path import Path
from netware.graphs.topology import Ends


@pytest.mark.parametrize("agents", [1, 2, 9])
def test_it_is_the_path_graph(agents):
    links = Path().links(Ends("net", agents, agents, True, Draws.of(1)))
    found = list(zip(links.source.tolist(), links.target.tolist(), strict=True))
    assert len(found) == 2 * (agents - 1) == Path().expected(agents, agents, True, None)
    assert {frozenset(e) for e in found} == {
        frozenset(e) for e in networkx.path_graph(agents).edges
    }


def test_its_algebraic_connectivity_is_that_of_the_path():
    links = Path().links(Ends("net", 8, 8, True, Draws.of(1)))
    made = networkx.Graph(zip(links.source.tolist(), links.target.tolist(), strict=True))
    second = np.sort(networkx.laplacian_spectrum(made))[1]
    assert second == pytest.approx(2 - 2 * np.cos(np.pi / 8))
