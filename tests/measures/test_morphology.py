from itertools import pairwise
from math import log

import numpy as np
import pytest
import torch
from torch import Tensor

from netware.errors import ScenarioError
from netware.measures.morphology import (
    amplitude,
    amplitudes,
    between,
    connectivity,
    correlation,
    entropies,
    entropy,
    f_in,
    f_out,
    in_out_correlation,
    node_shares,
    share,
    structure,
    structure_by_chance,
)
from netware.models.base import AbstractModel
from netware.models.layers.synapses import hidden_layers
from netware.models.memories.hopfield import Hopfield
from netware.models.multilayer import Multilayer
from netware.models.neurashed.neurashed import Neurashed
from netware.population import Population
from tests.models.joined import MODELS, edges_by_hand, weights_of


def random_weights(sizes: tuple[int, ...], agents: int, seed: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [
        torch.randn(agents, into, out, generator=generator, dtype=torch.float64)
        for into, out in pairwise(sizes)
    ]


def test_fractions_of_a_layer_add_up_to_one() -> None:
    before, after = random_weights((4, 6, 3), 5, 1)
    assert f_in(before).shape == f_out(after).shape == (5, 6)
    assert torch.allclose(f_in(before).sum(1), torch.ones(5, dtype=torch.float64))
    assert torch.allclose(f_out(after).sum(1), torch.ones(5, dtype=torch.float64))
    node = before[2, :, 4].abs().sum() / before[2].abs().sum()
    assert torch.allclose(f_in(before)[2, 4], node)


def test_equal_weights_are_the_homogeneous_state() -> None:
    weights = [torch.full((2, 5, 5), -0.3, dtype=torch.float64)] * 3
    for c in connectivity(between(weights)):
        assert torch.allclose(c, torch.full_like(c, 1 / 25))
    assert torch.allclose(
        entropies(between(weights)), torch.full((2, 2), log(5), dtype=torch.float64)
    )
    assert torch.allclose(
        amplitudes(between(weights)), torch.full((2, 2), 1 / 5, dtype=torch.float64)
    )
    assert in_out_correlation(between(weights)).abs().max() == 0


def test_a_layer_through_one_node_has_no_entropy_and_amplitude_one() -> None:
    before, after = torch.zeros(1, 3, 4), torch.zeros(1, 4, 2)
    before[0, :, 2], after[0, 2] = 1.0, -2.0
    (c,) = connectivity(between([before, after]))
    assert c.tolist() == [[0, 0, 1, 0]]
    assert (entropy(c).item(), amplitude(c).item()) == (0, 1)


def test_layers_may_have_any_widths() -> None:
    weights = random_weights((3, 7, 2, 5), 4, 2)
    assert [c.shape[1] for c in connectivity(between(weights))] == [7, 2]
    assert entropies(between(weights)).shape == in_out_correlation(between(weights)).shape == (4, 2)


def test_correlation_is_pearson_s() -> None:
    weights = random_weights((4, 9, 9, 4), 3, 3)
    r = in_out_correlation(between(weights))
    for agent in range(3):
        for layer in range(2):
            into, out = f_in(weights[layer])[agent], f_out(weights[layer + 1])[agent]
            wanted = np.corrcoef(into.numpy(), out.numpy())[0, 1]
            assert abs(r[agent, layer].item() - wanted) < 1e-12
    assert torch.allclose(structure(between(weights)), r.mean(1))
    flat = torch.ones(2, 4)
    assert correlation(flat, torch.arange(4.0).expand(2, 4)).tolist() == [0, 0]


def test_weights_that_are_all_zero_leave_zeros_and_no_nans() -> None:
    weights = [torch.zeros(2, 3, 4), torch.zeros(2, 4, 3)]
    assert share(torch.zeros(2, 3)).tolist() == [[0, 0, 0]] * 2
    for quantity in (entropies, amplitudes, in_out_correlation):
        assert quantity(between(weights)).tolist() == [[0], [0]]


def test_chance_tells_channels_from_random_weights() -> None:
    generator = torch.Generator().manual_seed(5)
    weights = random_weights((10,) * 6, 40, 4)
    keys = torch.rand(999, 40, 4, 10, generator=generator).unbind(2)
    p = structure_by_chance(between(weights), keys)
    # Under the null p is uniform: of 40 agents, 2 +- 1.4 are below 0.05.
    assert (p <= 0.05).sum() <= 8
    assert abs(p.mean().item() - 0.5) < 5 / (12 * 40) ** 0.5
    strong = torch.linspace(0.1, 2, 10, dtype=torch.float64)
    channel = [w * strong[:, None] * strong for w in weights]
    assert structure_by_chance(between(channel), keys).max().item() == 1 / 1000


@pytest.mark.parametrize("name", MODELS)
def test_shares_of_every_model_are_sums_over_its_synapses_one_by_one(name: str) -> None:
    model = MODELS[name]
    weights = weights_of(model)
    found = node_shares(Population("nets", 3, model=model, weights=weights))
    layers = hidden_layers(model.synapses())
    hand = "chnnet" if name == "steered" else name
    if name == "cppn":
        found_by_hand = [
            [
                (f"hidden{at}" if at else "input", i, f"hidden{at + 1}", j, float(w[i, j]))
                for at, w in enumerate(weights[f"w{layer}"][agent] for layer in (1, 2, 3))
                for i in range(w.shape[0])
                for j in range(w.shape[1])
            ]
            for agent in range(3)
        ]
    else:
        found_by_hand = [edges_by_hand(hand, weights, agent) for agent in range(3)]
    for one, layer in zip(found, layers, strict=True):
        for agent, edges in enumerate(found_by_hand):
            into, out = np.zeros(layer.many), np.zeros(layer.many)
            for before, i, after, j, w in edges:
                if before == layer.layer:
                    out[i] += abs(w)
                if after == layer.layer:
                    into[j] += abs(w)
            assert np.abs(one.received[agent].numpy() - into / into.sum()).max() < 1e-12
            assert np.abs(one.sent[agent].numpy() - out / out.sum()).max() < 1e-12


@pytest.mark.parametrize("model", [Multilayer(3, 2), Hopfield(9, 2), Neurashed()])
def test_a_model_without_known_hidden_units_is_refused(model: AbstractModel) -> None:
    with pytest.raises(ScenarioError) as error:
        node_shares(Population("nets", 6, model=model))
    assert str(error.value) == (
        f"populations.nets.model: a {type(model).__name__} without hidden layers whose weights are "
        "known\n"
        "  expected: a model whose weights join known units, such as multilayer\n"
        "  fix: measure another population, or write 'model: {type: multilayer, widths: [10]}'"
    )
