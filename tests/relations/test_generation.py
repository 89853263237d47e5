import pytest
import torch

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError, ShapeError
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.relations.base import Setting
from netware.relations.generation import Generation
from netware.relations.topologies.complete import Complete
from netware.relations.topologies.one_to_one import OneToOne


CHILD = Multilayer(2, 1, (3,))
WHOLE = 2 * 3 + 3 + 3 * 1 + 1


def populations(
    generators=1, children=5, replicas=1, model=None, embedding=(4,), dtype=torch.float64
) -> dict[str, Population]:
    model = model or Multilayer(embedding[-1], WHOLE, (6,), "tanh")
    draws = Draws.of(5, replicas)
    source = Population("makers", generators, replicas, model, dtype=dtype)
    target = Population("made", children, replicas, CHILD, dtype=dtype)
    z = draws.stream(Purpose.STATE, "z", children).normal(size=embedding, dtype=dtype)
    return {
        "makers": source.with_weights(
            model.init(draws.stream(Purpose.WEIGHTS, "makers", generators), dtype)
        ),
        "made": target.with_weights(
            CHILD.init(draws.stream(Purpose.WEIGHTS, "made", children), dtype)
        ).with_state({"embedding": z}),
    }


def connect(relation: Generation, given: dict[str, Population]):
    draws = Draws.of(5, given["made"].replicas)
    return relation.connect(Setting("make", given, None, draws))


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


def test_layer_by_layer_takes_the_first_of_each_answer():
    given = populations(model=Multilayer(3, 8, (5,), "tanh"), embedding=(4, 3))
    relation = Generation(("makers", "made"), per="layer")
    after = relation.flow(connect(relation, given), given["makers"], given["made"])
    z = given["made"]["embedding"]
    answers = given["makers"].forward(z.reshape(1, -1, 3)).view(5, 4, 8)
    for layer, (name, count) in enumerate((("w1", 6), ("b1", 3), ("w2", 3), ("b2", 1))):
        own = after.weights[name].flatten(1)
        assert (own - answers[:, layer, :count]).abs().max() < 1e-12


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
    assert relation.flows() == "generate"
    assert relation.expected_edges(2, 9, None) == 9
    assert connect(relation, populations(2, 9)).count == 9


def test_two_generators_for_a_child_are_refused():
    with pytest.raises(ScenarioError) as caught:
        connect(Generation(("makers", "made"), Complete()), populations(2, 4))
    assert "S-GRAPH children with 2 to 2 generators" in str(caught.value)
    assert "expected: exactly one generator for each child" in str(caught.value)


def test_answers_that_do_not_fill_the_weights_are_refused_with_the_arithmetic():
    with pytest.raises(ShapeError) as caught:
        connect(Generation(("makers", "made")), populations(model=Multilayer(4, 12)))
    message = str(caught.value)
    assert "relations.make: makers answers 12 numbers" in message
    assert "expected: w1 2x3 + b1 3 + w2 3x1 + b2 1 = 13" in message
    assert "fix: write 'outputs: 13' under populations.makers.model" in message
    with pytest.raises(ShapeError, match=r"the largest of w1 2x3, .* = 6 or more"):
        connect(
            Generation(("makers", "made"), per="layer"),
            populations(model=Multilayer(3, 5), embedding=(4, 3)),
        )


def test_embeddings_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError) as caught:
        connect(Generation(("makers", "made")), populations(model=Multilayer(7, WHOLE)))
    message = str(caught.value)
    assert "populations.made.state.embedding: shape (4,) for each child" in message
    assert "expected: (7,): makers takes 7 numbers" in message
    with pytest.raises(ShapeError, match=r"expected: \(4, 4\): makers takes 4 numbers for each of"):
        connect(Generation(("makers", "made"), per="layer"), populations())


def test_unknown_weights_are_refused():
    with pytest.raises(ScenarioError, match="'w9', which made has not"):
        connect(Generation(("makers", "made"), weights=("w9",)), populations())
