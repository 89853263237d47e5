"""Rewiring keeps links simple and many, spares the dead, and refuses what has no links."""

from dataclasses import replace

import pytest
import torch

from netware.errors import ScenarioError
from netware.population import ALIVE
from netware.relations.proximity import Proximity
from netware.relations.topologies.erdos_renyi import ErdosRenyi
from netware.rules.rewiring.random_rewiring import RandomRewiring
from tests.rules.rewiring.graphs import TURN, after, is_simple, world


RULE = RandomRewiring("people", "knows", 0.5)


def test_links_stay_simple_and_as_many():
    before = world(agents=12, topology=ErdosRenyi(p=0.5))
    now = before
    for _ in range(20):
        now = after(now, RULE, 1)
        assert is_simple(now.edges["knows"], 12)
        assert now.edges["knows"].count == before.edges["knows"].count


def test_replica_r_is_rewired_like_a_single_run():
    two, one = after(world(replicas=2), RULE, 3), after(world(replicas=1), RULE, 3)
    many = one.edges["knows"].count
    assert torch.equal(two.edges["knows"].source[:many], one.edges["knows"].source)


def test_weights_move_with_their_links():
    before = world(agents=8, replicas=1)
    edges = before.edges["knows"]
    one = torch.minimum(edges.source, edges.target)
    weight = (one * 100 + torch.maximum(edges.source, edges.target)).float()
    before = before.with_edges("knows", replace(edges, weight=weight))
    found = after(before, RULE, 5).edges["knows"]
    assert sorted(found.weight.tolist()) == sorted(weight.tolist())
    assert torch.allclose(found.adjacency.to_dense(), found.adjacency.to_dense().T)


def test_nobody_joins_the_dead():
    before = world(agents=20, replicas=1)
    people = before["people"].mortal()
    alive = torch.arange(20) < 10
    before = before.with_population(people.with_state({ALIVE: alive}))
    edges = before.edges["knows"]
    kept = edges.among((edges.source < 10) & (edges.target < 10))
    now = after(before.with_edges("knows", kept), RULE, 30).edges["knows"]
    assert int(now.source.max()) < 10 and int(now.target.max()) < 10


def test_a_graph_with_directions_is_refused():
    before = world(agents=6, replicas=1)
    edges = before.edges["knows"]
    one_way = before.with_edges("knows", edges.among(edges.source < edges.target))
    with pytest.raises(ScenarioError, match="a graph without directions"):
        RULE.prepare(one_way, TURN)
    near = replace(before, relations={"knows": Proximity("people", 1.0)})
    with pytest.raises(ScenarioError, match="found anew at every step"):
        RULE.prepare(near, TURN)
