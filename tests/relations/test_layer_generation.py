import pytest
import torch

from netware.errors import ShapeError
from netware.models.multilayer import Multilayer
from netware.relations.layer_generation import LayerGeneration
from netware.simulation.model import NetwareModel
from tests.relations.generators import connect, populations
from tests.simulation.worlds import write


def test_layer_by_layer_takes_the_first_of_each_answer():
    given = populations(model=Multilayer(3, 8, (5,), "tanh"), embedding=(12,))
    relation = LayerGeneration(("makers", "made"))
    after = relation.flow(connect(relation, given), given["makers"], given["made"])
    z = given["made"]["embedding"]
    answers = given["makers"].forward(z.reshape(1, -1, 3)).view(5, 4, 8)
    for layer, (name, count) in enumerate((("w1", 6), ("b1", 3), ("w2", 3), ("b2", 1))):
        own = after.weights[name].flatten(1)
        assert (own - answers[:, layer, :count]).abs().max() < 1e-12


def test_what_does_not_fit_layer_by_layer_is_refused():
    relation = LayerGeneration(("makers", "made"))
    with pytest.raises(ShapeError, match=r"the largest of w1 2x3, .* = 6 or more"):
        connect(relation, populations(model=Multilayer(3, 5), embedding=(12,)))
    with pytest.raises(ShapeError) as caught:
        connect(relation, populations())
    message = str(caught.value)
    assert "expected: (16,): makers takes 4 numbers for each of w1, b1, w2, b2" in message
    assert "fix: write 'size: 16' under populations.made.state.embedding" in message


def test_it_is_written_in_yaml(tmp_path):
    text = """
netware: 1
name: layers
seed: 3
steps: 2
populations:
  makers: {agents: 2, model: {type: multilayer, inputs: 3, widths: [5], outputs: 6}}
  made:
    agents: 5
    model: {type: multilayer, inputs: 2, widths: [3], outputs: 1}
    state: {embedding: {normal: [0, 1], size: 12}}
relations:
  make: {type: layer_generation, between: [makers, made]}
"""
    model = NetwareModel(write(tmp_path, text), collect=0)
    model.step()
    makers, made = model.world["makers"], model.world["made"]
    shown = made["embedding"].view(5, 4, 3)
    for child, maker in enumerate((0, 0, 0, 1, 1)):
        answers = makers.forward(shown[child].expand(2, 4, 3))[maker]
        for row, w in enumerate(made.weights.values()):
            assert torch.allclose(w[child].flatten(), answers[row, : w[child].numel()], atol=1e-6)
