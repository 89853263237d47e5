"""Weight morphologies: de Jong, Meigel and Rulands (2025), arXiv:2501.05550, equations 3 and 4, and
what channels do to a network: weights grow, nodes lose their way to the output.
"""

from pathlib import Path

import numpy as np
import pytest
import torch

from netware.measures.morphology import correlation, entropies, node_shares
from netware.population import Population
from netware.probes.morphology.accessible_nodes import AccessibleNodes
from netware.probes.morphology.embedding_dimension import EmbeddingDimension
from netware.probes.morphology.entropy_increments import rho
from netware.probes.morphology.structure_formation import StructureFormation
from netware.probes.morphology.weight_growth import WeightGrowth
from netware.simulation.model import NetwareModel


def matrices(population: Population) -> list[torch.Tensor]:
    return [population.weights[name] for name in population.wrapped().layers()]


# --- MOR-3: equation 3 against its closed form, x_j ~ x_j(0) exp(alpha_j t / 2), x = sqrt(c).

NODES = """
netware: 1
name: nodes
seed: {seed}
steps: 1000
dt: 0.05
replicas: 3
precision: float64
populations:
  nodes: {{agents: {n}, state: {{connectivity: uniform, growth: {{uniform: [1.0, 1.1]}}}}}}
rules:
  grow: {{type: nodal_growth, on: nodes}}
"""


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(4))
def test_mor_3_nodes_of_a_layer_grow_as_the_closed_form_says(tmp_path: Path, seed: int) -> None:
    n = int(np.random.default_rng(seed).integers(5, 21))
    path = tmp_path / "nodes.yaml"
    path.write_text(NODES.format(seed=seed, n=n))
    model = NetwareModel(path, collect=0)
    nodes = model.world["nodes"]
    alpha = nodes.per_replica(nodes["growth"]).numpy()
    x0 = np.sqrt(nodes.per_replica(nodes["connectivity"]).numpy())
    assert np.abs(x0.sum(1) - 1).max() < 1e-12
    for _ in range(1000):
        model.step()
    x = np.sqrt(model.world["nodes"]["connectivity"].view(3, n).numpy())
    wanted = x0 * np.exp(alpha * 50 / 2)
    wanted /= wanted.sum(1, keepdims=True)
    assert np.abs(x - wanted).max() < 1e-8
    assert np.abs(x.sum(1) - 1).max() < 1e-10
    # It has moved: the node of the largest alpha gains on that of the smallest.
    best, worst = alpha.argmax(1), alpha.argmin(1)
    every = np.arange(3)
    gained = (x[every, best] / x[every, worst]) / (x0[every, best] / x0[every, worst])
    assert (gained > 1.5).all()


@pytest.mark.t0
def test_mor_3_nodes_alike_are_at_rest(tmp_path: Path) -> None:
    path = tmp_path / "nodes.yaml"
    path.write_text(NODES.format(seed=1, n=12))
    alike = ["populations.nodes.state.growth=1.05", "populations.nodes.state.connectivity=0.4"]
    model = NetwareModel(path, alike, collect=0)
    for _ in range(200):
        model.step()
    assert (model.world["nodes"]["connectivity"] - 1 / 144).abs().max() < 1e-12


# --- Equation 4 on a ring of layers: at rest R* = (B + 2 A) / (B + 2 A n); with A = 1 and n = 10 it
# falls into layers with channels and layers without, one after the other, where 4 < B < 10.

RING = """
netware: 1
name: layers
seed: 11
steps: 1000
dt: 0.04
precision: float64
populations:
  layers: {{agents: 12, state: {{amplitude: {{normal: [{rest}, 0.001]}}}}}}
relations:
  beside: {{type: association, between: [layers, layers], topology: {{type: ring, k: 2}}}}
rules:
  grow: {{type: layer_inhibition, on: layers, over: beside, growth: {b}}}
"""


@pytest.mark.t0
@pytest.mark.parametrize(
    ("b", "alternates"), [(3.0, False), (5.0, True), (7.0, True), (9.0, True), (11.0, False)]
)
def test_mor_eq_4_layers_alternate_within_a_band_of_growth(
    tmp_path: Path, b: float, alternates: bool
) -> None:
    rest = (b + 2) / (b + 20)
    path = tmp_path / "layers.yaml"
    path.write_text(RING.format(rest=rest, b=b))
    model = NetwareModel(path, collect=0)
    assert (model.world["layers"]["amplitude"] - rest).abs().max() > 1e-4
    for _ in range(1000):
        model.step()
    r = model.world["layers"]["amplitude"]
    if alternates:
        signs = (r - rest).sign()
        assert torch.equal(signs, -signs.roll(1))
        assert (r - rest).abs().min() > 0.01
    else:
        assert (r - rest).abs().max() < 1e-6


# --- MOR-8, MOR-11, MOR-6: networks that learn the clusters, as in MOR-4.

LEARNING = f"""
netware: 1
name: weight_morphology
seed: 43
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


def learnt(folder: Path, steps: int) -> NetwareModel:
    path = folder / "mor.yaml"
    path.write_text(LEARNING)
    model = NetwareModel(path, collect=0)
    for _ in range(steps):
        model.step()
    return model


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> NetwareModel:
    return learnt(tmp_path_factory.mktemp("mor"), 100)


def accurate(model: NetwareModel, name: str, least: float | None = None) -> np.ndarray:
    """Tells which networks are right on more test points than the median, or than `least`."""
    population, test = model.world[name], model.world.examples["clusters"].test
    y = population.forward(test.of(population.replica).inputs)
    right = (y.round() == test.of(population.replica).targets).double().mean((1, 2)).numpy()
    return right >= (np.median(right) if least is None else least)


def reached(w: list[np.ndarray]) -> float:
    """Returns the mean number of nodes of hidden layers 1 .. 9 with a path to the output."""
    counts, alive = [], np.ones(w[-1].shape[1], bool)
    for matrix in reversed(w[1:]):
        alive = ((matrix >= matrix.mean()) & alive).any(1)
        counts.append(alive.sum())
    return float(np.mean(counts[1:]))


@pytest.mark.t1
def test_mor_8_channels_cut_nodes_off_from_the_output(trained: NetwareModel) -> None:
    rng, lost = np.random.default_rng(3), {}
    for name in ("narrow", "wide"):
        good = accurate(trained, name)
        weights = [w.abs().double().numpy() for w in matrices(trained.world[name])]
        own, mixed = [], []
        for net in range(20):
            w = [matrix[net] for matrix in weights]
            own.append(reached(w))
            mixed.append(
                np.mean(
                    [
                        reached([rng.permutation(m.flatten()).reshape(m.shape) for m in w])
                        for _ in range(20)
                    ]
                )
            )
        lost[name] = float(np.mean((np.array(mixed) - np.array(own))[good]))
        read = AccessibleNodes(on=name, shuffles=20).read(trained.world)
        found = read["accessible"].flatten(0, 1)[:, 1:].mean(1).numpy()
        assert np.abs(found - np.array(own)).max() < 0.12
        null = read["shuffled"].flatten(0, 1)[:, 1:].mean(1).numpy()
        assert abs(np.mean(null - np.array(mixed))) < 0.1
    print(f"accessible nodes lost to structure: {lost}")
    assert lost["narrow"] >= 0.7
    assert abs(lost["wide"]) <= 0.25


@pytest.mark.t1
def test_mor_8_structure_formation_tells_narrow_from_wide(trained: NetwareModel) -> None:
    share = {}
    for name in ("narrow", "wide"):
        read = StructureFormation(on=name, permutations=199).read(trained.world)
        good = accurate(trained, name)
        share[name] = read["structured"].flatten().numpy()[good].mean()
    print(f"structured: {share}")
    assert share["narrow"] >= 0.8 and share["wide"] <= 0.1


@pytest.mark.t1
def test_mor_11_entropy_and_embedding_dimension_are_reported(trained: NetwareModel) -> None:
    for name in ("narrow", "wide"):
        population = trained.world[name]
        s = entropies(node_shares(population))[:, :-1]
        d = EmbeddingDimension(on=name, task="clusters").read(trained.world)["dimension"]
        d = d.flatten(0, 1)[:, :-1].to(s.dtype)
        levels = correlation(s.flatten()[None], d.flatten()[None]).item()
        steps = correlation(s.diff(dim=1).flatten()[None], d.diff(dim=1).flatten()[None]).item()
        lags = [round(one, 2) for one in rho(s).tolist()]
        print(f"{name}: corr(S, D) {levels:.2f}, of increments {steps:.2f}; rho {lags}")
        assert -1 <= levels <= 1 and -1 <= steps <= 1


@pytest.mark.t2
def test_mor_6_narrow_weights_grow_and_wide_ones_hardly(tmp_path: Path) -> None:
    model = learnt(tmp_path, 0)
    before = {
        name: [w.abs().mean((1, 2)) for w in matrices(model.world[name])]
        for name in ("narrow", "wide")
    }
    for _ in range(500):
        model.step()
    growth = {}
    for name, began in before.items():
        after = [w.abs().mean((1, 2)) for w in matrices(model.world[name])]
        ratio = torch.stack([b / a for a, b in zip(began, after, strict=True)], 1).mean(1)
        read = WeightGrowth(on=name).read(model.world)["growth"].flatten()
        assert torch.allclose(read, ratio, rtol=1e-4, atol=0)
        good = accurate(model, name, 0.9)
        assert good.any()
        growth[name] = float(ratio.numpy()[good].mean())
    print(f"growth of weights: {growth}")
    assert abs(growth["narrow"] - 1.9) <= 0.35
    assert abs(growth["wide"] - 1.10) <= 0.08
