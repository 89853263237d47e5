import pytest
import torch

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.measures.morphology import connectivity, layered_weights
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.probes.morphology.nodal_connectivity import NodalConnectivity
from netware.world import World


def world(widths: tuple[int, ...]) -> World:
    model, draws = Multilayer(4, 1, widths), Draws.of(3, 2)
    weights = model.init(draws.stream(Purpose.WEIGHTS, "nets", 3), torch.float64)
    return World(draws, {"nets": Population("nets", 3, 2, model, weights)})


def test_every_node_of_every_layer_is_read() -> None:
    one = world((6, 6, 6))
    read = NodalConnectivity(on="nets").read(one)["connectivity"]
    assert read.shape == (2, 3, 3, 6)
    for layer, c in enumerate(connectivity(layered_weights(one["nets"]))):
        assert torch.equal(read[1, 2, layer], c[5])


def test_layers_of_other_widths_are_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        NodalConnectivity(on="nets").read(world((6, 5, 6)))
    assert str(error.value) == (
        "probes: NodalConnectivity.on: agents of 'nets' with hidden layers of 5 and 6 nodes\n"
        "  expected: agents with a layered model, of 1 hidden layer or more of one width\n"
        "  fix: name another population, or write 'model: {type: multilayer, widths: [10]}'"
    )
