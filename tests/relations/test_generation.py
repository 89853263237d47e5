from dataclasses import replace
from typing import Literal

import pytest
import torch

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError, ShapeError
from netware.graphs.topologies.complete import Complete
from netware.graphs.topologies.one_to_one import OneToOne
from netware.models.cppn import Cppn
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.relations.generation import Generation
from tests.relations.scenes import scene


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
    return relation.connect(*scene("make", given, None, draws))


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


@pytest.mark.parametrize("per", ["whole", "layer"])
def test_children_at_empty_places_are_left_alone(per):
    """The founders are made as if there were no other places, whatever the weights there."""
    layered = {"model": Multilayer(3, 8, (5,), "tanh"), "embedding": (4, 3)}
    given = populations(2, 6, 2, **(layered if per == "layer" else {}))
    relation, makers = Generation(("makers", "made"), per=per), given["makers"]
    roomy = replace(given["made"], empty_slots=2)
    after = relation.flow(connect(relation, {**given, "made": roomy}), makers, roomy)
    there = roomy.ids < 4
    alone = replace(
        roomy,
        agents=4,
        empty_slots=0,
        state={name: x[there] for name, x in roomy.state.items()},
        weights={name: w[there] for name, w in roomy.weights.items()},
    )
    expected = relation.flow(connect(relation, {**given, "made": alone}), makers, alone)
    for name, w in after.weights.items():
        assert torch.equal(w[there], expected.weights[name])
        assert torch.equal(w[~there], roomy.weights[name][~there])


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


def square(
    side: int, children: int = 2, model=None, bias: Literal["learned", "none"] = "none"
) -> dict[str, Population]:
    """CPPNs, and children whose one matrix joins a square sheet to another."""
    child = Multilayer(side * side, side * side, bias=bias)
    maker = model or Cppn(functions=(("sin", "gaussian", "tanh"),))
    draws = Draws.of(9)
    source = Population("makers", 2, model=maker, dtype=torch.float64)
    target = Population("made", children, model=child, dtype=torch.float64)
    return {
        "makers": source.with_weights(
            maker.init(draws.stream(Purpose.WEIGHTS, "makers", 2), torch.float64)
        ),
        "made": target.with_weights(
            child.init(draws.stream(Purpose.WEIGHTS, "made", children), torch.float64)
        ),
    }


def woven(side: int, children: int = 2) -> torch.Tensor:
    given = square(side, children)
    relation = Generation(("makers", "made"), per="synapse", sheets=((side, side), (side, side)))
    after = relation.flow(connect(relation, given), given["makers"], given["made"])
    return after.weights["w1"].view(children, side, side, side, side)


def test_each_synapse_is_what_its_places_say():
    given = square(3)
    makers, w = given["makers"], woven(3)
    for c, y1, x1, y2, x2 in ((0, 0, 0, 0, 0), (0, 2, 1, 0, 2), (1, 1, 2, 2, 0)):
        ends = torch.tensor([x1 - 1, y1 - 1, x2 - 1, y2 - 1], dtype=torch.float64)
        answer = makers.forward(ends.expand(2, 1, 4))[c, 0, 0]
        assert abs((w[c, y1, x1, y2, x2] - answer).item()) < 1e-12
    assert not torch.equal(w[0], w[1])


def test_one_generator_drives_two_resolutions():
    coarse, fine = woven(5), woven(9)
    assert torch.allclose(fine[:, ::2, ::2, ::2, ::2], coarse, atol=1e-12)
    assert fine[:, 1::2].abs().max() > 0
    shared = woven(5, children=4)
    assert torch.equal(shared[0], shared[1]) and torch.allclose(shared[::2], coarse, atol=1e-12)


def test_each_matrix_has_an_answer_of_its_own():
    given = populations(generators=1, children=3, model=Cppn(2))
    relation = Generation(("makers", "made"), weights=("w2", "w1"), per="synapse")
    edges = connect(relation, given)
    after = relation.flow(edges, given["makers"], given["made"])
    ends = torch.tensor([[-1.0, 0, -1, 0]], dtype=torch.float64)
    answers = given["makers"].forward(ends[None])[0, 0]
    assert abs(float(after.weights["w1"][2, 0, 0] - answers[1])) < 1e-12
    # The one output lies at 0, not at -1.
    ends = torch.tensor([[-1.0, 0, 0, 0]], dtype=torch.float64)
    answers = given["makers"].forward(ends[None])[0, 0]
    assert abs(float(after.weights["w2"][2, 0, 0] - answers[0])) < 1e-12
    assert torch.equal(after.weights["b1"], given["made"].weights["b1"])


def test_synapses_are_differentiable_in_the_generators():
    given = square(3)
    relation = Generation(("makers", "made"), per="synapse", sheets=((3, 3), (3, 3)))
    edges = connect(relation, given)
    own = {name: w.clone().requires_grad_() for name, w in given["makers"].weights.items()}
    made = relation.generate(edges, own, given["makers"], given["made"])
    made["w1"].square().sum().backward()
    assert all(w.grad is not None and w.grad.abs().max() > 0 for w in own.values())


def test_what_does_not_fit_synapse_by_synapse_is_refused():
    sheets = ((3, 3), (3, 3))
    relation = Generation(("makers", "made"), per="synapse", sheets=sheets)
    with pytest.raises(ScenarioError) as caught:
        connect(relation, square(3, bias="learned"))
    message = str(caught.value)
    assert "relations.make.weights: 'b1', which is no matrix from layer to layer" in message
    assert "fix: write 'weights: [w1]', or 'bias: none' under populations.made.model" in message
    with pytest.raises(ShapeError) as caught:
        connect(relation, square(3, model=Cppn(3)))
    message = str(caught.value)
    assert "relations.make: makers answers 3 numbers" in message
    assert "expected: 1: one for each of w1" in message
    assert "fix: write 'outputs: 1' under populations.makers.model" in message
    with pytest.raises(ShapeError, match="expected: 4: x and y of both ends of a synapse"):
        connect(relation, square(3, model=Cppn(inputs=6)))
    with pytest.raises(ShapeError, match=r"relations\.make\.sheets: 3x3, 3x3, that is 9, 9"):
        connect(relation, square(4))
    with pytest.raises(ScenarioError, match="3x3, 3x3 with 'per: whole'"):
        connect(Generation(("makers", "made"), sheets=sheets), populations())
