from dataclasses import replace

import pytest
import torch

from netware.draws import Draws
from netware.errors import ShapeError
from netware.graphs.topologies.complete import Complete
from netware.graphs.topologies.one_to_one import OneToOne
from netware.graphs.topologies.star import Star
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.relations.dependency import Dependency
from tests.relations.scenes import scene


def world(sources=3, targets=2, replicas=2, outputs=2, inputs=2) -> dict[str, Population]:
    eyes = Population("eyes", sources, replicas, Multilayer(1, outputs))
    minds = Population("minds", targets, replicas, Multilayer(inputs, 1))
    seen = torch.arange(float(eyes.total * outputs)).view(eyes.total, outputs)
    return {
        "eyes": eyes.with_state({"output": seen}),
        "minds": minds.with_state({"input": torch.zeros(minds.total, inputs)}),
    }


def arrived(relation: Dependency, populations: dict[str, Population]) -> torch.Tensor:
    draws = Draws.of(1, populations["eyes"].replicas)
    edges = relation.connect(*scene("sees", populations, None, draws))
    return relation.flow(edges, populations["eyes"], populations["minds"])["input"]


def test_the_mean_of_the_sources_arrives_replica_by_replica():
    found = arrived(Dependency(("eyes", "minds"), Complete()), world())
    assert found.tolist() == [[2.0, 3.0], [2.0, 3.0], [8.0, 9.0], [8.0, 9.0]]


def test_the_sum_of_the_sources_arrives():
    found = arrived(Dependency(("eyes", "minds"), Complete(), combine="sum"), world())
    assert found.tolist() == [[6.0, 9.0], [6.0, 9.0], [24.0, 27.0], [24.0, 27.0]]


def test_outputs_are_put_side_by_side_in_the_order_of_sources():
    relation = Dependency(("eyes", "minds"), Complete(), combine="concatenate")
    found = arrived(relation, world(inputs=6))
    first, second = list(range(6)), list(range(6, 12))
    assert found.tolist() == [first, first, second, second]


def test_side_by_side_needs_as_many_sources_for_every_target():
    populations = {"a": Population("a", 4, 1, Multilayer(3, 1))}
    relation = Dependency(("a", "a"), Star(), combine="concatenate", delay=1)
    with pytest.raises(ShapeError) as caught:
        relation.connect(*scene("hub", populations, None, Draws.of(1)))
    assert "'concatenate' for targets with 1 to 3 sources" in str(caught.value)
    assert "fix: write 'combine: mean', or a topology with equal degrees" in str(caught.value)


def test_side_by_side_needs_someone_in_every_slot():
    populations = world(inputs=6)
    populations["minds"] = replace(populations["minds"], empty_slots=1).mortal()
    with pytest.raises(ShapeError, match=r"relations\.sees\.combine: .* empty slots of 'minds'"):
        arrived(Dependency(("eyes", "minds"), Complete(), combine="concatenate"), populations)


def test_what_does_not_fit_is_refused_with_the_arithmetic():
    with pytest.raises(ShapeError) as caught:
        arrived(Dependency(("eyes", "minds"), Complete()), world(inputs=5))
    assert "eyes.output brings (2,), minds.input takes (5,)" in str(caught.value)
    with pytest.raises(ShapeError, match=r"3 sources x 2 = \(6,\), minds\.input takes \(5,\)"):
        arrived(Dependency(("eyes", "minds"), Complete(), combine="concatenate"), world(inputs=5))


def test_without_delay_it_flows_while_thinking_and_with_delay_before():
    assert Dependency(("a", "b"), Complete()).flow_phase == "think"
    assert Dependency(("a", "b"), Complete(), delay=1).flow_phase == "transmit"


def test_gradients_pass_from_target_to_source():
    populations = world(3, 3, 1)
    seen = populations["eyes"]["output"].clone().requires_grad_()
    populations["eyes"] = populations["eyes"].with_state({"output": seen})
    for relation in (
        Dependency(("eyes", "minds"), OneToOne()),
        Dependency(("eyes", "minds"), OneToOne(), combine="concatenate"),
    ):
        (gradient,) = torch.autograd.grad(arrived(relation, populations).square().sum(), seen)
        assert torch.equal(gradient, 2 * seen)


def test_it_expects_what_it_makes():
    relation = Dependency(("eyes", "minds"), Complete())
    edges = relation.connect(*scene("sees", world(), None, Draws.of(1, 2)))
    expected = relation.expected_edges(3, 2, None)
    assert expected is not None and expected * 2 == edges.count
