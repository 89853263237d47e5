"""Rewiring keeps links simple and many, spares the dead, and refuses what has no links."""

from dataclasses import replace

import pytest
import torch

from netware.edges import Edges
from netware.errors import ScenarioError
from netware.graphs.topologies.erdos_renyi import ErdosRenyi
from netware.population import ALIVE
from netware.relations.proximity import Proximity
from netware.rules.rewiring.preferential_rewiring import PreferentialRewiring
from netware.rules.rewiring.random_rewiring import RandomRewiring
from tests.rules.rewiring.graphs import ACTING, after, is_simple, world


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


@pytest.mark.parametrize("rate", [0.0, 0.5, 1.0])
@pytest.mark.parametrize(
    "rule", [RandomRewiring("people", "knows"), PreferentialRewiring("people", "knows")]
)
def test_a_link_takes_its_two_weights_and_attributes_along_and_loops_stay(rule, rate):
    """The two edges of a link weigh n.1, from its lower place to its higher one, and n.2."""
    before = world(agents=8, replicas=2)
    edges = before.edges["knows"]
    source, target = edges.source.long(), edges.target.long()
    link = torch.minimum(source, target) * 100 + torch.maximum(source, target)
    loops = torch.tensor([3, 3, 11])
    source, target = torch.cat([source, loops]), torch.cat([target, loops])
    weight = torch.cat([link + torch.where(edges.source < edges.target, 0.1, 0.2), loops * 1.0])
    edges = Edges.from_pairs(source, target, 16, 16, weight, {"twice": 2 * weight})
    now = after(before.with_edges("knows", edges), replace(rule, rate=rate), 4).edges["knows"]
    assert now.weight is not None and edges.weight is not None
    ends = list(zip(now.source.tolist(), now.target.tolist(), strict=True))
    assert torch.equal(now.attributes["twice"], 2 * now.weight)
    assert sorted(now.weight.tolist()) == sorted(weight.tolist())
    assert [s for s, t in ends if s == t] == [3, 3, 11]
    held = dict(zip(ends, now.weight.tolist(), strict=True))
    for (s, t), w in held.items():
        if s != t:
            assert int(held[t, s]) == int(w) and held[t, s] != w, "both weights of one link"
    if rate == 0:
        assert torch.equal(now.source, edges.source) and torch.equal(now.weight, edges.weight)


def test_a_weight_keeps_its_sense_from_the_end_that_stays():
    """1 hears 0 by 5 and 0 hears 1 by 7: who is left hears by its weight, and is heard by its."""
    before = world(agents=6, replicas=1)
    for step in range(20):
        edges = Edges.from_pairs(
            torch.tensor([0, 1]), torch.tensor([1, 0]), 6, 6, torch.tensor([5.0, 7.0])
        )
        rule = RandomRewiring("people", "knows", 1.0)
        now = rule.apply(replace(before.with_edges("knows", edges), step=step), ACTING)
        now = now.edges["knows"]
        heard = dict(zip(now.target.tolist(), now.weight.tolist(), strict=True))
        if 0 in heard:
            assert heard[0] == 7.0
        if 1 in heard:
            assert heard[1] == 5.0


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
        RULE.prepare(one_way, ACTING)
    near = replace(ACTING, relations={"knows": Proximity("people", 1.0)})
    with pytest.raises(ScenarioError, match="found again at every step"):
        RULE.prepare(before, near)


def test_a_graph_as_many_ways_in_as_out_but_not_both_ways_is_refused():
    """0 hears 0 and 1: seen from the other end, the same list of sources in other rows."""
    before = world(agents=6, replicas=1)
    source, target = torch.tensor([0, 1]), torch.tensor([0, 0])
    lopsided = Edges.from_pairs(source, target, 6, 6)
    with pytest.raises(ScenarioError, match="a graph without directions"):
        RULE.prepare(before.with_edges("knows", lopsided), ACTING)
