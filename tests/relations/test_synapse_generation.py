from typing import Literal

import pytest
import torch

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError, ShapeError
from netware.models.cppn import Cppn
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.relations.synapse_generation import SynapseGeneration
from tests.relations.generators import connect, populations


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
    relation = SynapseGeneration(("makers", "made"), sheets=((side, side), (side, side)))
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
    relation = SynapseGeneration(("makers", "made"), weights=("w2", "w1"))
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
    relation = SynapseGeneration(("makers", "made"), sheets=((3, 3), (3, 3)))
    edges = connect(relation, given)
    own = {name: w.clone().requires_grad_() for name, w in given["makers"].weights.items()}
    made = relation.generate(edges, own, given["makers"], given["made"])
    made["w1"].square().sum().backward()
    assert all(w.grad is not None and w.grad.abs().max() > 0 for w in own.values())


def test_what_does_not_fit_synapse_by_synapse_is_refused():
    sheets = ((3, 3), (3, 3))
    relation = SynapseGeneration(("makers", "made"), sheets=sheets)
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
