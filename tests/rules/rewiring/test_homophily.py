import torch

from netware.rules.rewiring.homophily import Homophily
from tests.rules.rewiring.graphs import after, world


def unlike(now, x) -> float:
    edges = now.edges["knows"]
    return float((x[edges.source] != x[edges.target]).double().mean())


def test_a_mixed_network_falls_into_groups_that_agree():
    x = torch.arange(120) % 2.0
    before = world(agents=60, opinion=x)
    assert unlike(before, x) == 0.5
    assert unlike(after(before, Homophily("people", "knows", 0.5), 60), x) == 0


def test_whoever_tolerates_everybody_stays():
    x = torch.arange(120) % 2.0
    before = world(agents=60, opinion=x)
    now = after(before, Homophily("people", "knows", 0.5, tolerance=1.0), 10)
    assert torch.equal(now.edges["knows"].source, before.edges["knows"].source)


def test_links_between_the_like_stay():
    x = torch.arange(120) % 2.0
    before = world(agents=60, opinion=x)
    old = before.edges["knows"].adjacency.to_dense()
    new = after(before, Homophily("people", "knows", 1.0), 1).edges["knows"].adjacency.to_dense()
    alike = x[:, None] == x[None, :]
    assert (new - old)[alike].min() >= 0
    assert (new - old)[~alike].max() <= 0
