import numpy as np
import pytest
import torch

from netware.draws import Draws
from netware.edges import Edges
from netware.graphs.spectrum import dense_extremes, extremes, sparse_extremes
from netware.graphs.topologies.barabasi_albert import BarabasiAlbert
from netware.graphs.topologies.erdos_renyi import ErdosRenyi
from netware.graphs.topologies.grid import Grid
from netware.graphs.topologies.path import Path
from netware.graphs.topologies.ring import Ring
from netware.graphs.topologies.star import Star
from netware.graphs.topologies.watts_strogatz import WattsStrogatz
from netware.graphs.topology import AbstractTopology, Ends
from tests.rules.agreeing import edges_of, laplacian, path, ring


def connected(topology: AbstractTopology, agents: int, replicas: int = 1) -> Edges:
    links = [
        topology.links(Ends("links", agents, agents, True, Draws.of(seed)))
        for seed in range(replicas)
    ]
    source = torch.cat([one.source + replica * agents for replica, one in enumerate(links)])
    target = torch.cat([one.target + replica * agents for replica, one in enumerate(links)])
    return Edges.from_pairs(source, target, replicas * agents, replicas * agents)


@pytest.mark.parametrize("way", [dense_extremes, sparse_extremes])
@pytest.mark.parametrize("agents", [30, 101])
def test_graphs_whose_spectrum_is_known(way, agents):
    ring_, path_, star = (connected(one, agents) for one in (Ring(2), Path(), Star()))
    turn = 2 * np.pi / agents
    top = max(2 - 2 * np.cos(turn * k) for k in range(agents))
    assert way(ring_, 1)[0].tolist() == pytest.approx([2 - 2 * np.cos(turn), top], rel=1e-6)
    ends = [2 - 2 * np.cos(turn / 2 * k) for k in (1, agents - 1)]
    assert way(path_, 1)[0].tolist() == pytest.approx(ends, rel=1e-6)
    assert way(star, 1)[0].tolist() == pytest.approx([1.0, agents], rel=1e-6)


@pytest.mark.parametrize(
    "topology",
    [
        Ring(6),
        Grid(20, 25),
        WattsStrogatz(6, 0.01),
        WattsStrogatz(8, 0.5),
        BarabasiAlbert(2),
        ErdosRenyi(0.03),
    ],
    ids=lambda topology: type(topology).__name__,
)
def test_iteration_finds_what_the_whole_spectrum_has_replica_by_replica(topology):
    edges = connected(topology, 500, 2)
    exact = dense_extremes(edges, 2)
    assert torch.allclose(sparse_extremes(edges, 2), exact, rtol=1e-5, atol=1e-9)
    assert exact.shape == (2, 2)


def test_graphs_without_geometry_are_iterated_and_agree(monkeypatch):
    """What is too wide to factor goes through LOBPCG and Lanczos."""
    monkeypatch.setattr("netware.graphs.spectrum.PROFILE", 0)
    for topology in (WattsStrogatz(8, 0.3), BarabasiAlbert(2), ErdosRenyi(0.03)):
        edges = connected(topology, 600)
        exact = dense_extremes(edges, 1)
        assert torch.allclose(sparse_extremes(edges, 1), exact, rtol=1e-4)


@pytest.mark.parametrize("way", [dense_extremes, sparse_extremes])
def test_weights_and_mirror_graphs(way):
    chance = np.random.default_rng(3)
    matrix = chance.random((40, 40)) * (chance.random((40, 40)) < 0.3)
    np.fill_diagonal(matrix, 0)
    values = np.linalg.eigvalsh(laplacian((matrix + matrix.T) / 2))
    assert way(edges_of(matrix), 1)[0].tolist() == pytest.approx([values[1], values[-1]], rel=1e-6)


@pytest.mark.parametrize("way", [dense_extremes, sparse_extremes])
def test_a_graph_in_parts_has_zero_and_nobody_has_nothing(way):
    parts = np.zeros((40, 40))
    parts[:20, :20], parts[20:, 20:] = ring(20), path(20)
    second, last = way(edges_of(parts), 1)[0].tolist()
    assert second == 0 and last == pytest.approx(4)
    assert way(edges_of(np.zeros((9, 9))), 1).tolist() == [[0.0, 0.0]]


def test_weights_below_zero_may_drive_agents_apart():
    matrix = ring(30)
    matrix[0, 1] = matrix[1, 0] = -1
    values = np.linalg.eigvalsh(laplacian(matrix))
    dense, sparse = (way(edges_of(matrix), 1)[0] for way in (dense_extremes, sparse_extremes))
    assert values[0] < 0
    assert float(dense[0]) == pytest.approx(values[0])
    assert float(sparse[0]) == pytest.approx(values[0], rel=1e-4)


def test_one_block_of_edges_is_solved_once():
    edges = edges_of(ring(8))
    assert extremes(edges, 1) is extremes(edges, 1)
    assert extremes(edges_of(np.zeros((1, 1))), 1).tolist() == [[0.0, 0.0]]
