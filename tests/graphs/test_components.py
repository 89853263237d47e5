import networkx
import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from netware.edges import Edges
from netware.graphs.components import component_of_each, component_sizes


def drawn(seed: int, agents: int, links: int) -> Edges:
    """Makes random edges of one direction, a quarter of them of weight 0."""
    chance = np.random.default_rng(seed)
    pairs = np.unique(chance.integers(0, agents, (links, 2)), axis=0)
    source, target = torch.from_numpy(pairs).T
    weight = torch.from_numpy(chance.integers(0, 4, len(pairs)).astype(float))
    return Edges.from_pairs(source, target, agents, agents, weight)


@given(st.integers(0, 2**31), st.integers(1, 20), st.integers(0, 60))
def test_components_are_those_of_networkx(seed: int, agents: int, links: int):
    edges = drawn(seed, agents, links)
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(agents))
    joins = edges.weights(torch.float64) != 0
    graph.add_edges_from(edges.edge_index[:, joins].T.tolist())
    label, sizes = component_of_each(edges), component_sizes(edges)
    for component in networkx.strongly_connected_components(graph):
        own = torch.tensor(sorted(component))
        assert len(label[own].unique()) == 1
        assert torch.equal((label == label[own[0]]).nonzero()[:, 0], own)
        assert (sizes[own] == len(component)).all()


def test_sizes_are_kept_as_long_as_the_edges():
    edges = drawn(3, 10, 20)
    assert component_sizes(edges) is component_sizes(edges)
    others = edges.among(torch.zeros(edges.count, dtype=torch.bool))
    assert component_sizes(others).tolist() == [1] * 10


def test_nobody_has_no_component():
    none = torch.zeros(0, dtype=torch.int64)
    assert component_sizes(Edges.from_pairs(none, none, 0, 0)).tolist() == []
