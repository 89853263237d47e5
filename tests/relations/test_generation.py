import pytest
import torch

from netware.errors import ScenarioError, ShapeError
from netware.graphs.topologies.complete import Complete
from netware.graphs.topologies.one_to_one import OneToOne
from netware.models.multilayer import Multilayer
from netware.relations.generation import Generation
from tests.relations.generators import CHILD, WHOLE, connect, populations


def test_each_child_has_the_answer_of_its_generator_to_its_embedding():
    for generators, children, replicas in ((1, 5, 1), (2, 5, 1), (3, 7, 2), (4, 4, 1)):
        given = populations(generators, children, replicas)
        makers, made = given["makers"], given["made"]
        relation = Generation(("makers", "made"))
        after = relation.flow(connect(relation, given), makers, made)
        for c in range(made.total):
            r, own = divmod(c, children)
            g = r * generators + own * generators // children
            one = {name: w[g : g + 1] for name, w in makers.weights.items()}
            answer = makers.wrapped().forward(one, made["embedding"][c][None, None], {})[0, 0]
            flat = torch.cat([after.weights[name][c].flatten() for name in CHILD.weight_shapes()])
            assert (flat - answer).abs().max() < 1e-12
        assert made.weights["w1"] is not after.weights["w1"]


def test_a_topology_says_who_makes_whom():
    given = populations(4, 4)
    one = Generation(("makers", "made"), OneToOne())
    blocks = Generation(("makers", "made"))
    assert torch.equal(connect(one, given).source, connect(blocks, given).source)


def test_only_the_named_weights_are_made():
    given = populations(model=Multilayer(4, 9), dtype=torch.float32)
    relation = Generation(("makers", "made"), weights=("w1", "b1"))
    after = relation.flow(connect(relation, given), given["makers"], given["made"])
    assert torch.equal(after.weights["w2"], given["made"].weights["w2"])
    assert not torch.equal(after.weights["w1"], given["made"].weights["w1"])


def test_nothing_that_was_given_is_written_to():
    given = populations(2, 6)
    before = {k: v.clone() for k, v in given["made"].weights.items()}
    relation = Generation(("makers", "made"))
    relation.flow(connect(relation, given), given["makers"], given["made"])
    assert all(torch.equal(before[k], given["made"].weights[k]) for k in before)


def test_it_flows_in_the_phase_of_its_own_and_expects_an_edge_for_each_child():
    relation = Generation(("makers", "made"))
    assert relation.flow_phase == "generate"
    assert relation.expected_edges(2, 9, None) == 9
    assert connect(relation, populations(2, 9)).count == 9


def test_two_generators_for_a_child_are_refused():
    with pytest.raises(ScenarioError) as caught:
        connect(Generation(("makers", "made"), Complete()), populations(2, 4))
    assert "S-GRAPH 2 to 2 generators for a child" in str(caught.value)
    assert "expected: exactly one generator for each child" in str(caught.value)


def test_answers_that_do_not_fill_the_weights_are_refused_with_the_arithmetic():
    with pytest.raises(ShapeError) as caught:
        connect(Generation(("makers", "made")), populations(model=Multilayer(4, 12)))
    message = str(caught.value)
    assert "relations.make: makers answers 12 numbers" in message
    assert "expected: w1 2x3 + b1 3 + w2 3x1 + b2 1 = 13" in message
    assert "fix: write 'outputs: 13' under populations.makers.model" in message


def test_embeddings_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError) as caught:
        connect(Generation(("makers", "made")), populations(model=Multilayer(7, WHOLE)))
    message = str(caught.value)
    assert "populations.made.state.embedding: shape (4,) for each child" in message
    assert "expected: (7,): makers takes 7 numbers" in message


def test_unknown_weights_are_refused():
    with pytest.raises(ScenarioError, match="'w9', which made has not"):
        connect(Generation(("makers", "made"), weights=("w9",)), populations())
