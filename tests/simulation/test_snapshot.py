"""State goes out as named tensors and comes back as the same world."""

import pytest
import torch

from netware.edges import Edges
from netware.errors import StoreError
from netware.simulation.snapshot import state_in, state_out
from tests.simulation.worlds import model


def test_a_world_comes_back_the_same_and_goes_on_the_same(tmp_path) -> None:
    ring = model(tmp_path, "activation=shuffled")
    for _ in range(3):
        ring.step()
    tensors = state_out(ring.world, ring.built)
    assert sorted(tensors) == ["populations/nodes/state/x", "populations/nodes/state/y"]
    again = model(tmp_path, "activation=shuffled")
    again.world = state_in(again.built, 3, tensors)
    assert again.steps == 3
    for one in (ring, again):
        one.step()
    assert torch.equal(ring.world["nodes"]["x"], again.world["nodes"]["x"])


def test_edges_that_were_rewired_are_kept(tmp_path) -> None:
    ring = model(tmp_path)
    one = torch.tensor([3])
    rewired = Edges.from_pairs(one, one + 1, 12, 12, torch.tensor([0.5]), {"age": one})
    ring.world = ring.world.with_edges("talks", rewired)
    back = state_in(ring.built, 5, state_out(ring.world, ring.built)).edges["talks"]
    assert torch.equal(back.edge_index, rewired.edge_index)
    assert back.weight is not None and back.weight.tolist() == [0.5]
    assert back.attributes["age"].tolist() == [3]


def test_a_state_of_another_scenario_is_refused(tmp_path) -> None:
    ring = model(tmp_path)
    tensors = state_out(ring.world, ring.built)
    tensors["populations/nodes/state/z"] = tensors.pop("populations/nodes/state/y")
    with pytest.raises(StoreError, match="y, z on one side only"):
        state_in(ring.built, 1, tensors)
