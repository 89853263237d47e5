import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.graphs.topologies.complete import Complete
from netware.graphs.topologies.path import Path
from netware.population import Population
from netware.relations.influence import Influence
from tests.relations.scenes import Scene, scene


def setting(agents: int = 30, replicas: int = 1, seed: int = 4) -> Scene:
    state = {"output": torch.arange(1.0, agents * replicas + 1)[:, None]}
    people = Population("people", agents, replicas, state=state)
    return scene("trusts", {"people": people}, None, Draws.of(seed, replicas))


PEOPLE = ("people", "people")


def test_trust_has_the_range_and_the_share_that_were_asked_for():
    relation = Influence(PEOPLE, Complete(), 0.2, 0.6, distrust=0.3)
    weight = relation.connect(*setting(agents=60)).weight
    assert weight is not None
    assert weight.abs().min() >= 0.2 and weight.abs().max() < 0.6
    share = float((weight < 0).double().mean())
    assert abs(share - 0.3) < 4 * (0.3 * 0.7 / len(weight)) ** 0.5
    assert (Influence(PEOPLE, Complete()).connect(*setting()).weight == 1).all()


def test_both_directions_are_alike_if_asked_for_and_not_otherwise():
    both = Influence(PEOPLE, Complete(), 0.0, 1.0, 0.5, "both").connect(*setting()).adjacency
    each = Influence(PEOPLE, Complete(), 0.0, 1.0, 0.5).connect(*setting()).adjacency
    both, each = both.to_dense(), each.to_dense()
    assert torch.equal(both, both.T)
    assert not torch.allclose(each, each.T)


def test_each_replica_has_the_trust_of_a_single_run():
    relation = Influence(PEOPLE, Complete(), 0.0, 1.0, 0.5)
    two = relation.connect(*setting(replicas=2)).adjacency.to_dense()
    alone = relation.connect(*setting()).adjacency.to_dense()
    assert torch.equal(two[:30, :30], alone)
    assert not torch.allclose(two[30:, 30:], alone)


def test_the_distrusted_are_heard_with_the_sign_turned():
    relation = Influence(PEOPLE, Path(), distrust=1.0, carries="output", into="heard")
    given = setting(agents=3)
    edges = relation.connect(*given)
    people = given[0].populations["people"]
    assert relation.flow_phase == "transmit"
    assert relation.flow(edges, people, people)["heard"][:, 0].tolist() == [-2.0, -2.0, -2.0]


def test_a_weakest_above_the_strongest_is_refused():
    with pytest.raises(ScenarioError, match="weakest at most strongest"):
        Influence(PEOPLE, Path(), 0.7, 0.5)


def test_pairs_between_two_populations_have_one_direction():
    others = {"people": Population("people", 3), "others": Population("others", 3)}
    given = scene("trusts", others, None, Draws.of(1))
    with pytest.raises(ScenarioError, match="'each' between two populations"):
        Influence(("people", "others"), Complete(), drawn="both").connect(*given)
