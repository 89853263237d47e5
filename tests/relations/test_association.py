import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError, ShapeError
from netware.graphs.topologies.complete import Complete
from netware.graphs.topologies.erdos_renyi import ErdosRenyi
from netware.graphs.topologies.path import Path
from netware.graphs.topologies.ring import Ring
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.relations.association import Association
from tests.relations.scenes import Scene, scene


def setting(seed=3, **populations: Population) -> Scene:
    replicas = next(iter(populations.values())).replicas
    return scene("knows", populations, None, Draws.of(seed, replicas))


def test_no_edge_joins_two_replicas():
    people = Population("people", 20, 3)
    edges = Association(("people", "people"), ErdosRenyi(p=0.3)).connect(*setting(people=people))
    assert (edges.source // 20 == edges.target // 20).all()


def test_each_replica_has_a_graph_of_its_own_and_the_one_of_a_single_run():
    three = Population("people", 30, 3)
    edges = Association(("people", "people"), ErdosRenyi(p=0.2)).connect(*setting(people=three))
    parts = [edges.source[edges.target // 30 == r] % 30 for r in range(3)]
    assert not torch.equal(parts[0], parts[1])
    alone = Association(("people", "people"), ErdosRenyi(p=0.2)).connect(
        *scene("knows", {"people": Population("people", 30)}, None, Draws.of(3))
    )
    assert torch.equal(alone.source, parts[0])


def test_without_a_column_nothing_flows():
    people = Population("people", 4, state={"input": torch.ones(4, 1)})
    relation = Association(("people", "people"), Ring())
    edges = relation.connect(*setting(people=people))
    assert relation.flow_phase is None
    assert relation.flow(edges, people, people) is people


@pytest.mark.parametrize(
    ("combine", "expected"), [("mean", [1.0, 1.0, 2.0, 2.0]), ("sum", [1.0, 2.0, 4.0, 2.0])]
)
def test_a_column_arrives_from_those_one_knows(combine, expected):
    said = torch.arange(4.0)[:, None]
    people = Population("people", 4, state={"opinion": said, "heard": torch.zeros(4, 1)})
    relation = Association(("people", "people"), Path(), "opinion", "heard", combine)
    edges = relation.connect(*setting(people=people))
    assert relation.flow_phase == "transmit"
    after = relation.flow(edges, people, people)
    assert after["heard"][:, 0].tolist() == expected
    assert people["heard"].abs().sum() == 0


def test_a_missing_column_is_refused():
    people = Population("people", 4)
    with pytest.raises(ScenarioError) as caught:
        Association(("people", "people"), Path(), "mood").connect(*setting(people=people))
    assert "relations.knows.carries: 'mood', which people has not" in str(caught.value)
    assert "fix: write 'state: {mood: uniform}' under populations.people" in str(caught.value)


def test_a_column_that_does_not_fit_is_refused():
    speakers = Population("speakers", 4, model=Multilayer(1, 3))
    hearers = Population("hearers", 4, model=Multilayer(2, 1))
    relation = Association(("speakers", "hearers"), Complete(), "output")
    with pytest.raises(ShapeError) as caught:
        relation.connect(*setting(speakers=speakers, hearers=hearers))
    assert "speakers.output brings (3,), hearers.input takes (2,)" in str(caught.value)


def test_it_expects_what_its_topology_makes():
    relation = Association(("people", "people"), Ring(4))
    assert relation.expected_edges(10, 10, None) == 40
