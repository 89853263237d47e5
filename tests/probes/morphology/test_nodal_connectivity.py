import pytest
import torch

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.measures.morphology import connectivity, node_shares
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
    for layer, c in enumerate(connectivity(node_shares(one["nets"]))):
        assert torch.equal(read[1, 2, layer], c[5])


def test_layers_of_other_widths_are_read_and_nodes_that_are_not_there_are_nan() -> None:
    one = world((6, 5, 7))
    read = NodalConnectivity(on="nets").read(one)["connectivity"]
    assert read.shape == (2, 3, 3, 7)
    for layer, c in enumerate(connectivity(node_shares(one["nets"]))):
        width = (6, 5, 7)[layer]
        assert torch.equal(read[1, 2, layer, :width], c[5])
        assert bool(read[..., layer, width:].isnan().all())


def test_some_layers_may_be_chosen() -> None:
    one = world((6, 5, 7))
    whole = NodalConnectivity(on="nets").read(one)["connectivity"]
    read = NodalConnectivity("nets", (1, 0)).read(one)["connectivity"]
    assert read.shape == (2, 3, 2, 6)
    assert torch.equal(read[:, :, 0, :5], whole[:, :, 1, :5])
    assert torch.equal(read[:, :, 1], whole[:, :, 0, :6])
    with pytest.raises(ScenarioError) as error:
        NodalConnectivity("nets", (1, 3)).read(one)
    assert str(error.value) == (
        "probes: NodalConnectivity.layers: layer 3 of 3 hidden layers, the first being 0\n"
        "  expected: layers of 0 .. 2\n"
        "  fix: write 'layers: [2]' for the last one"
    )
