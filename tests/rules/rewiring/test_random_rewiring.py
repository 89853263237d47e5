import networkx
import torch

from netware.rules.rewiring.random_rewiring import RandomRewiring
from tests.rules.rewiring.graphs import after, world


def clustering(now) -> float:
    graph = networkx.Graph()
    edges = now.edges["knows"]
    graph.add_edges_from(zip(edges.source.tolist(), edges.target.tolist(), strict=True))
    return networkx.average_clustering(graph)


def test_so_many_links_move_as_the_rate_says():
    before = world(agents=2000, replicas=1)
    rule = RandomRewiring("people", "knows", 0.2)
    old = before.edges["knows"].adjacency.to_dense()
    new = after(before, rule, 1).edges["knows"].adjacency.to_dense()
    moved = float((old * (1 - new)).sum() / old.sum())
    assert abs(moved - 0.2) < 4 * (0.2 * 0.8 / 4000) ** 0.5


def test_a_ring_of_friends_becomes_a_random_graph():
    before = world(agents=200, replicas=1)
    assert clustering(before) == 0.5
    assert clustering(after(before, RandomRewiring("people", "knows", 0.5), 30)) < 0.05
    still = after(before, RandomRewiring("people", "knows", 0.0), 30)
    assert torch.equal(still.edges["knows"].source, before.edges["knows"].source)
