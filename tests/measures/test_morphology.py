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
    connectivity,
    correlation,
    entropies,
    entropy,
    f_in,
    f_out,
    in_out_correlation,
    layered_weights,
    share,
    structure,
    structure_by_chance,
)
from netware.models.multilayer import Multilayer
from netware.models.urn import Urn
from netware.population import Population


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
    for c in connectivity(weights):
        assert torch.allclose(c, torch.full_like(c, 1 / 25))
    assert torch.allclose(entropies(weights), torch.full((2, 2), log(5), dtype=torch.float64))
    assert torch.allclose(amplitudes(weights), torch.full((2, 2), 1 / 5, dtype=torch.float64))
    assert in_out_correlation(weights).abs().max() == 0


def test_a_layer_through_one_node_has_no_entropy_and_amplitude_one() -> None:
    before, after = torch.zeros(1, 3, 4), torch.zeros(1, 4, 2)
    before[0, :, 2], after[0, 2] = 1.0, -2.0
    (c,) = connectivity([before, after])
    assert c.tolist() == [[0, 0, 1, 0]]
    assert (entropy(c).item(), amplitude(c).item()) == (0, 1)


def test_layers_may_have_any_widths() -> None:
    weights = random_weights((3, 7, 2, 5), 4, 2)
    assert [c.shape[1] for c in connectivity(weights)] == [7, 2]
    assert entropies(weights).shape == in_out_correlation(weights).shape == (4, 2)


def test_correlation_is_pearson_s() -> None:
    weights = random_weights((4, 9, 9, 4), 3, 3)
    r = in_out_correlation(weights)
    for agent in range(3):
        for layer in range(2):
            into, out = f_in(weights[layer])[agent], f_out(weights[layer + 1])[agent]
            wanted = np.corrcoef(into.numpy(), out.numpy())[0, 1]
            assert abs(r[agent, layer].item() - wanted) < 1e-12
    assert torch.allclose(structure(weights), r.mean(1))
    flat = torch.ones(2, 4)
    assert correlation(flat, torch.arange(4.0).expand(2, 4)).tolist() == [0, 0]


def test_weights_that_are_all_zero_leave_zeros_and_no_nans() -> None:
    weights = [torch.zeros(2, 3, 4), torch.zeros(2, 4, 3)]
    assert share(torch.zeros(2, 3)).tolist() == [[0, 0, 0]] * 2
    for quantity in (entropies, amplitudes, in_out_correlation):
        assert quantity(weights).tolist() == [[0], [0]]


def test_chance_tells_channels_from_random_weights() -> None:
    generator = torch.Generator().manual_seed(5)
    weights = random_weights((10,) * 6, 40, 4)
    keys = torch.rand(999, 40, 4, 10, generator=generator)
    p = structure_by_chance(weights, keys)
    # Under the null p is uniform: of 40 agents, 2 +- 1.4 are below 0.05.
    assert (p <= 0.05).sum() <= 8
    assert abs(p.mean().item() - 0.5) < 5 / (12 * 40) ** 0.5
    strong = torch.linspace(0.1, 2, 10, dtype=torch.float64)
    channel = [w * strong[:, None] * strong for w in weights]
    assert structure_by_chance(channel, keys).max().item() == 1 / 1000


def test_weights_are_taken_from_the_layers_of_the_model() -> None:
    model = Multilayer(3, 2, (4, 5))
    weights = {name: torch.zeros(6, *shape) for name, shape in model.weight_shapes().items()}
    population = Population("nets", 6, model=model, weights=weights)
    assert [tuple(w.shape) for w in layered_weights(population)] == [
        (6, 3, 4),
        (6, 4, 5),
        (6, 5, 2),
    ]


@pytest.mark.parametrize(("model", "many"), [(Multilayer(3, 2), 1), (Urn(3, 2, 9), 0)])
def test_a_model_without_hidden_layers_is_refused(model: Multilayer | Urn, many: int) -> None:
    with pytest.raises(ScenarioError) as error:
        layered_weights(Population("nets", 6, model=model))
    assert str(error.value) == (
        f"populations.nets.model: a {type(model).__name__} with {many} weights between layers\n"
        "  expected: a layered model with a hidden layer, such as multilayer\n"
        "  fix: measure another population, or write 'model: {type: multilayer, widths: [10]}'"
    )
