from dataclasses import replace

import torch

from netware.models.intralinked import Intralinked
from netware.probes.morphology.weight_growth import WeightGrowth
from tests.probes.morphology.nets import deep
from tests.rules.learners import drawn, world_of


def test_growth_is_relative_to_the_weights_as_drawn() -> None:
    world = deep(5, 2, (8, 3))
    read = WeightGrowth(on="nets").read(world)
    assert torch.allclose(read["growth"], torch.ones(2, 5))
    assert torch.allclose(
        read["size"][1, 2, 1], world["nets"].weights["w2"][7].abs().mean(), rtol=1e-6, atol=0
    )
    weights = dict(world["nets"].weights)
    weights |= {"w1": weights["w1"] * -4, "w3": weights["w3"] * 0, "b1": weights["b1"] * 9}
    grown = WeightGrowth(on="nets").read(world.with_weights("nets", weights))
    assert torch.allclose(grown["growth"], torch.full((2, 5), (4 + 1 + 0) / 3))


def test_who_is_left_is_held_to_its_own_weights_as_drawn() -> None:
    world = deep(5, 1, (8, 3))
    left = torch.tensor([1, 3, 4])
    them = world["nets"]
    weights = {name: values[left] for name, values in them.weights.items()}
    alone = replace(them, agents=3, weights=weights, state={"identity": left})
    read = WeightGrowth(on="nets").read(world.with_population(alone))
    assert torch.allclose(read["growth"], torch.ones(1, 3))


def test_links_inside_a_layer_are_matrices_too_and_those_drawn_as_zeros_have_no_growth() -> None:
    nets = drawn(Intralinked(4, 2, (6,), 3), 5)
    weights = dict(nets.weights)
    weights["c1"] = weights["c1"] * 7
    read = WeightGrowth(on="nets").read(world_of(nets.with_weights(weights)))
    assert read["size"].shape == (1, 5, 3)
    assert torch.allclose(read["size"][0, :, 1], weights["c1"].abs().mean((1, 2)))
    assert torch.allclose(read["growth"], torch.full((1, 5), (1 + 7 + 1) / 3))
    nets = drawn(Intralinked(4, 2, (6,), 3, link_spread=0.0), 5)
    weights = dict(nets.weights)
    weights |= {"c1": weights["c1"] + 3, "w1": weights["w1"] * 2}
    read = WeightGrowth(on="nets").read(world_of(nets.with_weights(weights)))
    assert torch.allclose(read["growth"], torch.full((1, 5), (2 + 1) / 2))
