from dataclasses import replace

import pytest
import torch

from netware.draws import Draws, Purpose
from netware.edges import Edges
from netware.errors import ScenarioError, ShapeError
from netware.graphs.topologies.ring import Ring
from netware.models.multilayer import Multilayer
from netware.population import ALIVE, IDENTITY, Population
from netware.relations.association import Association
from netware.relations.proximity import Proximity
from netware.rules.base import Acting
from netware.rules.lifecycle.birth import Birth
from netware.world import World
from tests.relations.scenes import scene


ACTING = Acting("bear")
MODEL = Multilayer(2, 1, (3,))


def world(agents: int = 40, empty_slots: int = 20, replicas: int = 2) -> World:
    draws = Draws.of(7, replicas)
    weights = MODEL.init(draws.stream(Purpose.WEIGHTS, "people", agents), torch.float32)
    x = draws.stream(Purpose.STATE, "x", agents).uniform()
    people = Population(
        "people", agents, replicas, MODEL, weights, {"x": x}, empty_slots=empty_slots
    )
    knows = Association(("people", "people"), Ring())
    edges = knows.edges(*scene("knows", {"people": people}, None, draws))
    return World(draws, {"people": people}, {"knows": edges})


def test_a_child_is_as_its_parent_and_bears_a_new_id():
    rule = Birth("people", rate=0.3)
    before = rule.prepare(world(), ACTING)
    old, new = before["people"], rule.apply(before, ACTING)["people"]
    born = new[ALIVE] & ~old[ALIVE]
    assert 0 < int(born.sum()) < 40
    assert new[ALIVE][old[ALIVE]].all()
    for replica in range(2):
        own = born.view(2, 40)[replica]
        ids = new[IDENTITY].view(2, 40)[replica]
        assert sorted(ids[own].tolist()) == list(range(20, 20 + int(own.sum())))
        # Whoever has the child's number and weights is there, in the same replica.
        x, w = new["x"].view(2, 40)[replica], new.weights["w1"].view(2, 40, 2, 3)[replica]
        for child in own.nonzero()[:, 0]:
            parent = (x[:20] == x[child]).nonzero()[0, 0]
            assert torch.equal(w[parent], w[child])


def test_without_room_nobody_is_born_and_places_are_used_again():
    rule = Birth("people", rate=1.0)
    now = rule.prepare(world(agents=6, empty_slots=2, replicas=1), ACTING)
    now = rule.apply(now, ACTING)
    assert now["people"][IDENTITY].tolist() == [0, 1, 2, 3, 4, 5]
    assert rule.apply(now, ACTING)["people"][IDENTITY].tolist() == [0, 1, 2, 3, 4, 5]
    alive = torch.tensor([True, False, True, True, True, False])
    later = rule.apply(now.with_state("people", alive=alive), ACTING)["people"]
    assert later[IDENTITY].tolist() == [0, 6, 2, 3, 4, 7]
    assert later[ALIVE].all()


def test_nobody_is_favoured_where_places_are_few():
    rule = Birth("people", rate=1.0)
    before = rule.prepare(world(agents=11, empty_slots=1, replicas=1200), ACTING)
    after = rule.apply(before, ACTING)["people"]
    x = after["x"].view(1200, 11)
    parent = (x[:, :10] == x[:, 10:]).double()
    share = parent.mean(0)
    assert parent.sum(1).eq(1).all()
    assert (share - 0.1).abs().max() < 4 * (0.1 * 0.9 / 1200) ** 0.5


def test_mutations_have_the_size_that_was_asked_for_and_spare_the_old():
    rule = Birth("people", rate=1.0, mutation=0.2)
    before = rule.prepare(world(agents=2000, empty_slots=1000, replicas=1), ACTING)
    after = rule.apply(before, ACTING)["people"]
    plain = replace(rule, mutation=0.0).apply(before, ACTING)["people"]
    shift = after.weights["w1"] - plain.weights["w1"]
    assert shift[:1000].eq(0).all()
    assert float(shift[1000:].std()) == pytest.approx(0.2, rel=0.05)


def test_only_those_who_have_enough_bear_children():
    rule = Birth("people", rate=1.0, of="x", above=0.5)
    before = rule.prepare(world(replicas=1), ACTING)
    after = rule.apply(before, ACTING)["people"]
    enough = int((before["people"]["x"][:20] >= 0.5).sum())
    assert int(after[ALIVE].sum()) == 20 + min(20, enough)
    assert (after["x"][20 : 20 + enough] >= 0.5).all()


def test_parent_and_child_know_each_other():
    rule = Birth("people", rate=0.2, over="knows")
    before = rule.prepare(world(), ACTING)
    after = rule.apply(before, ACTING)
    born = after["people"][ALIVE] & ~before["people"][ALIVE]
    one, other = after.edges["knows"], before.edges["knows"]
    assert one.count == other.count + 2 * int(born.sum())
    assert torch.equal(one.in_degree[born], torch.ones(int(born.sum()), dtype=torch.int32))
    back = Edges.from_pairs(one.target, one.source, one.targets, one.sources)
    assert torch.equal(back.source, one.source)
    children = born.nonzero()[:, 0]
    parents = one.source[one.pointer[children].long()].long()
    assert torch.equal(after["people"]["x"][parents], after["people"]["x"][children])


def test_what_cannot_be_is_refused():
    vectors = world().with_state("people", y=torch.zeros(80, 2))
    with pytest.raises(ShapeError, match="one number for each agent"):
        Birth("people", of="y").prepare(vectors, ACTING)
    near = replace(ACTING, relations={"knows": Proximity("people", 1.0)})
    with pytest.raises(ScenarioError, match="found again at every step"):
        Birth("people", over="knows").prepare(world(), near)
