"""Weight morphologies: de Jong, Meigel and Rulands (2025), arXiv:2501.05550."""

from itertools import combinations, pairwise, product
from math import prod
from pathlib import Path

import numpy as np
import pytest
import torch

from netware.draws import Draws, Purpose
from netware.measures.morphology import (
    amplitude,
    between,
    connectivity,
    entropy,
    f_in,
    f_out,
    structure,
)
from netware.models.multilayer import Multilayer
from netware.probes.morphology.connectivity import Connectivity
from netware.simulation.model import NetwareModel


# --- MOR-1: equation 1 by hand.


@pytest.mark.t0
def test_mor_1_connectivity_of_two_small_matrices() -> None:
    w1 = torch.tensor([[[1.0, -2.0], [3.0, 4.0]]], dtype=torch.float64)
    w2 = torch.tensor([[[-1.0], [3.0]]], dtype=torch.float64)
    (c,) = connectivity(between([w1, w2]))
    wanted = {"in": [0.4, 0.6], "out": [0.25, 0.75], "c": [0.1, 0.45]}
    for name, got in (("in", f_in(w1)), ("out", f_out(w2)), ("c", c)):
        assert got[0].tolist() == pytest.approx(wanted[name], abs=1e-12)
    assert amplitude(c).item() == pytest.approx(0.55, abs=1e-12)
    assert entropy(c).item() == pytest.approx(0.474139, abs=1e-6)
    for scaled in ([w1 * -7.3, w2], [w1, w2 * 0.01]):
        assert torch.allclose(connectivity(between(scaled))[0], c, rtol=0, atol=1e-12)
    swapped = connectivity(between([w1.flip(2), w2.flip(1)]))
    assert torch.allclose(swapped[0], c.flip(1), rtol=0, atol=1e-12)
    # The control: nodes of one matrix alone swapped are other nodes.
    assert not torch.allclose(connectivity(between([w1.flip(2), w2]))[0].sum(1), c.sum(1))


# --- MOR-2: equation 22, and the ratio of couplings, equations 68 to 71.


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(4))
def test_mor_2_the_output_is_a_sum_over_active_paths(seed: int) -> None:
    n, hidden = 3, 3
    model = Multilayer(n, 1, (n,) * hidden, initial="normal", spread=1.0, bias="none")
    weights = model.init(Draws.of(seed).stream(Purpose.WEIGHTS, "p", 5), torch.float64)
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(5, 8, n, generator=generator, dtype=torch.float64)
    y, traced = model.forward(weights, x, {}), model.trace(weights, x, {})
    paths = list(product(range(n), repeat=hidden + 1))
    assert len(paths) == 81
    active, every = torch.zeros_like(y), torch.zeros_like(y)
    for path in paths:
        carried = x[..., path[0]]
        fires = torch.ones_like(carried)
        for layer in range(1, hidden + 1):
            carried = carried * weights[f"w{layer}"][:, path[layer - 1], path[layer], None]
            fires = fires * (traced[f"hidden{layer}"][..., path[layer]] > 0)
        carried = carried * weights[f"w{hidden + 1}"][:, path[hidden], 0, None]
        active[..., 0] += carried * fires
        every[..., 0] += carried
    assert (active - y).abs().max() < 1e-6
    # The control: all paths together are the linear network, which this is not.
    assert (every - y).abs().max() > 0.1


@pytest.mark.t0
@pytest.mark.parametrize("n", [3, 4])
def test_mor_2_paths_through_weights_that_share_a_node_are_n_times_as_many(n: int) -> None:
    paths = list(product(range(n), repeat=4))

    def through(*weights: tuple[int, int, int]) -> int:
        return sum(
            all(path[layer] == i and path[layer + 1] == j for layer, i, j in weights)
            for path in paths
        )

    first, second, third = (0, 0, 1), (1, 1, 2), (2, 0, 1)
    assert through(first, second) == n
    assert through(first, third) == 1
    assert all(through((0, i, 1), (1, 1, j)) == n for i, j in combinations(range(n), 2))
    assert prod((n,) * 4) == len(paths)


# --- MOR-9: R >= 1/n needs f_in = f_out.


@pytest.mark.t0
def test_mor_9_the_amplitude_may_fall_below_one_over_n() -> None:
    before = torch.tensor([[[1.0, 0.0], [2.0, 0.0]]])
    after = torch.tensor([[[0.0], [-3.0]]])
    assert f_in(before).tolist() == [[1, 0]] and f_out(after).tolist() == [[0, 1]]
    (c,) = connectivity(between([before, after]))
    assert amplitude(c).item() == 0
    # Where f_in = f_out it is at least 1/n, by Cauchy and Schwarz.
    weight = torch.rand(200, 6, 6, generator=torch.Generator().manual_seed(2))
    same = connectivity(between([weight, weight.transpose(1, 2)]))[0]
    assert amplitude(same).min() >= 1 / 6


@pytest.mark.t0
def test_mor_9_structure_of_the_counterexample_is_negative() -> None:
    before = torch.tensor([[[1.0, 0.0], [2.0, 0.0]]])
    after = torch.tensor([[[0.0], [-3.0]]])
    assert structure(between([before, after])).item() == pytest.approx(-1)


# --- MOR-4: structure forms while narrow initial weights grow, and not from wide ones. Twenty
# networks each, on four draws of the clusters; U(-a, a) with a = 0.2, and with 20 times the
# variance. The bands are those of 100 narrow and 50 wide networks.

SCENARIO = f"""
netware: 1
name: weight_morphology
seed: 41
steps: 100
replicas: 4
tasks:
  clusters: {{type: clusters}}
populations:
  narrow: {{agents: 5, model: {{type: multilayer, inputs: 10, outputs: 1,
           widths: {[10] * 10}, initial: uniform, spread: 0.2}}}}
  wide: {{agents: 5, model: {{type: multilayer, inputs: 10, outputs: 1,
         widths: {[10] * 10}, initial: uniform, spread: {0.2 * 20**0.5}}}}}
rules:
  narrow:
    type: gradient
    on: narrow
    task: clusters
    batch: 256
    optimiser: {{type: adam, rate: 0.01, eps: 1.0e-7}}
  wide:
    type: gradient
    on: wide
    task: clusters
    batch: 256
    optimiser: {{type: adam, rate: 0.01, eps: 1.0e-7}}
"""


def structures(model: NetwareModel, name: str) -> np.ndarray:
    """Returns rbar of every network, from its weights alone."""
    weights = model.world[name].weights
    w = [weights[f"w{layer}"].abs().double().numpy() for layer in range(1, 12)]
    return np.array(
        [
            np.mean(
                [
                    np.corrcoef(before[net].sum(0), after[net].sum(1))[0, 1]
                    for before, after in pairwise(w)
                ]
            )
            for net in range(20)
        ]
    )


def accuracies(model: NetwareModel, name: str) -> np.ndarray:
    """Returns the share of test points whose rounded answer is their label."""
    population, test = model.world[name], model.world.examples["clusters"].test
    right = []
    for net in range(20):
        replica, h = net // 5, test.inputs[net // 5]
        for layer in range(1, 11):
            w, b = (population.weights[f"{kind}{layer}"][net] for kind in "wb")
            h = torch.relu(h @ w + b)
        y = h @ population.weights["w11"][net] + population.weights["b11"][net]
        right.append((y.round() == test.targets[replica]).double().mean().item())
    return np.array(right)


@pytest.mark.t1
def test_mor_4_structure_forms_from_narrow_weights_and_not_from_wide_ones(tmp_path: Path) -> None:
    path = tmp_path / "mor.yaml"
    path.write_text(SCENARIO)
    model = NetwareModel(path, collect=0)
    for name in ("narrow", "wide"):
        assert abs(structures(model, name).mean()) <= 0.1
    for _ in range(100):
        model.step()
    good = {}
    for name in ("narrow", "wide"):
        accuracy, rbar = accuracies(model, name), structures(model, name)
        good[name] = rbar[accuracy >= np.median(accuracy)].mean()
        read = Connectivity(on=name).read(model.world)["structure"].flatten().numpy()
        assert np.abs(read - rbar).max() < 1e-4
        assert np.median(accuracy) >= 0.5
    assert good["narrow"] >= 0.60
    assert good["wide"] <= 0.25
