"""URN: Golkar (2019), arXiv:1911.11691. Any network can be embedded in one recursion, and training
with a price on weights and activity makes one emerge.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from netware.models.urn import Urn
from netware.probes.recursion.active_neurons import ActiveNeurons
from netware.probes.recursion.iteration_accuracy import IterationAccuracy
from netware.simulation.model import NetwareModel


def random(generator: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


# --- URN-1: equation 1. Depth and widths are drawn.


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(8))
def test_urn_1_a_multilayer_network_packed_into_w_computes_the_same(seed: int) -> None:
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    depth = int(rng.integers(2, 5))
    widths = [int(width) for width in rng.integers(2, 9, depth + 1)]
    first = np.cumsum([0, *widths])
    model = Urn(widths[0], widths[-1], int(first[-1]), depth)
    w = torch.zeros(5, model.neurons, model.neurons, dtype=torch.float64)
    b = torch.zeros(5, model.neurons, dtype=torch.float64)
    x = random(generator, 5, 20, widths[0])
    h = x
    for layer in range(depth):
        block, shift = random(generator, 5, *widths[layer : layer + 2]), random(generator, 5)
        bias = shift[:, None].expand(-1, widths[layer + 1])
        h = torch.relu(h @ block + bias[:, None])
        into = slice(first[layer + 1], first[layer + 2])
        w[:, first[layer] : first[layer + 1], into], b[:, into] = block, bias
    assert h.abs().max() > 0.1
    for dtype in (torch.float32, torch.float64):
        weights = {"w": w.to(dtype), "b": b.to(dtype)}
        y = model.forward(weights, x.to(dtype), {})
        assert (y - h).abs().max() <= 1e-5 * max(1.0, h.abs().max().item())
    # The control: senders as columns, the paper's W without the transposition.
    turned = model.forward({"w": w.transpose(1, 2), "b": b}, x, {})
    assert (turned - h).abs().max() > 0.1


# --- URN-2: the symmetries of equations 3 and 9.


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(4))
def test_urn_2_hidden_neurons_may_be_permuted(seed: int) -> None:
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    model = Urn(4, 3, 30, 4, ("none", "output", "input", "none")[seed])
    w, b = random(generator, 6, 30, 30) * 0.3, random(generator, 6, 30)
    x = random(generator, 6, 10, 4)
    hidden = torch.from_numpy(4 + rng.permutation(23))
    order = torch.cat([torch.arange(4), hidden, torch.arange(27, 30)])
    y = model.forward({"w": w, "b": b}, x, {})
    permuted = model.forward({"w": w[:, order][:, :, order], "b": b[:, order]}, x, {})
    assert (permuted - y).abs().max() <= 1e-6 * max(1.0, y.abs().max().item())
    # The control: columns alone are no symmetry.
    broken = model.forward({"w": w[:, :, order], "b": b[:, order]}, x, {})
    assert (broken - y).abs().max() > 1e-2


@pytest.mark.t0
@pytest.mark.parametrize(("seed", "beta", "gamma"), [(0, 1.0, 1.0), (1, 2.5, 1.0), (2, 0.5, 2.0)])
def test_urn_2_synaptic_length_keeps_a_quarter_turn_and_no_random_permutation(
    seed: int, beta: float, gamma: float
) -> None:
    generator = torch.Generator().manual_seed(seed)
    model = Urn(25, 1, 100, 4, cube=(5, 5, 4), beta=beta, gamma=gamma)
    w = random(generator, 3, 100, 100)
    site = model.sites(w)
    place = {tuple(one): neuron for neuron, one in enumerate(site.tolist())}
    turned = torch.tensor([place[(4 - y, x, z)] for x, y, z in site.tolist()])
    assert not torch.equal(turned, torch.arange(100))

    def length(order: Tensor) -> Tensor:
        weights = {"w": w[:, order][:, :, order], "b": torch.zeros(3, 100, dtype=torch.float64)}
        return model.synaptic_length(weights)

    same = length(torch.arange(100))
    assert torch.allclose(length(turned), same, rtol=1e-9, atol=0)
    other = length(torch.randperm(100, generator=generator))
    assert ((other - same).abs() / same).min() > 1e-4


# --- URN-9: equation 7.


@pytest.mark.t0
def test_urn_9_only_residual_inputs_are_kept_without_weights() -> None:
    x = random(torch.Generator().manual_seed(3), 4, 7, 5)
    weights = {
        "w": torch.zeros(4, 20, 20, dtype=torch.float64),
        "b": torch.zeros(4, 20, dtype=torch.float64),
    }
    fed = Urn(5, 2, 20, 4, "input").trace(weights, x, {})
    plain = Urn(5, 2, 20, 4).trace(weights, x, {})
    for iteration in range(1, 5):
        assert torch.equal(fed[f"iteration{iteration}"][..., :5], x)
        assert fed[f"iteration{iteration}"][..., 5:].abs().max() == 0
        assert plain[f"iteration{iteration}"].abs().max() == 0


# --- URN-3 and URN-4: training on two concentric shells in ten dimensions, S = 160 neurons. Prices
# are the paper's (S = 5000), scaled so that both stay as large against the loss as there:
# c_W = 5e-7 (5000 / S)^1.5, c_N = 2e-5 (5000 / S).

S, STEPS, D_IN, D_OUT = 160, 4, 10, 2
SCENARIO = f"""
netware: 1
name: urn_emergence
seed: 29
steps: 200
replicas: 2
tasks:
  shells: {{type: shells, dimensions: {D_IN}}}
populations:
  urns:
    agents: 1
    model: {{type: urn, inputs: {D_IN}, outputs: {D_OUT}, neurons: {S}, iterations: {STEPS}}}
rules:
  learn:
    type: gradient
    on: urns
    task: shells
    optimiser: {{type: adam, rate: 0.0007}}
    batch: 100
    weight_l1: {5e-7 * (5000 / S) ** 1.5}
    activity_l1: {2e-5 * 5000 / S}
"""
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Trained:
    """One URN after training, unrolled over its test samples by NumPy.

    Args:
        w: Weights, senders by receivers.
        b: Biases.
        x: Test samples.
        label: Their classes.
        h: Activity of all neurons, iteration 0 (the inputs) to I.
    """

    w: Array
    b: Array
    x: Array
    label: Array
    h: list[Array]

    @classmethod
    def of(cls, model: NetwareModel, replica: int, residual: str = "none") -> "Trained":
        urns, test = model.world["urns"], model.world.examples["shells"].test
        w, b = (urns.weights[name][replica].double().numpy() for name in ("w", "b"))
        x, label = test.inputs[replica].double().numpy(), test.targets[replica].argmax(1).numpy()
        return cls(w, b, x, label, unrolled(w, b, x, residual))

    def accuracy(self, iteration: int = STEPS) -> float:
        return float((self.h[iteration][:, S - D_OUT :].argmax(1) == self.label).mean())

    def active(self, iteration: int) -> NDArray[np.bool_]:
        return (self.h[iteration] != 0).any(0)

    def relevant(self, tau: float) -> list[NDArray[np.bool_]]:
        """Returns, for each iteration, the neurons from which the outputs come."""
        found = [np.arange(S) >= S - D_OUT]
        for iteration in range(STEPS - 1, -1, -1):
            sends = ((np.abs(self.w) > tau) & found[0]).any(1)
            found.insert(0, sends & self.active(iteration))
        return found

    def mask(self, tau: float) -> NDArray[np.bool_]:
        """Returns the weights between neurons that are relevant one after the other."""
        found = self.relevant(tau)
        both = [found[at][:, None] & found[at + 1] for at in range(STEPS)]
        return np.any(both, 0) & (np.abs(self.w) > tau)

    def layered_flow(self, tau: float) -> float:
        """Returns the share of the flow that goes from one layer to the next."""
        mean, found = np.stack([h.mean(0) for h in self.h]), self.relevant(tau)
        layer = mean.argmax(0)
        layer[:D_IN], layer[S - D_OUT :] = 0, STEPS
        mean[0, :D_IN] = np.abs(self.x).mean(0)
        size = np.abs(self.w) * (np.abs(self.w) > tau)
        flow = np.zeros((S, S))
        for at in range(STEPS):
            flow += size * (mean[at] * found[at])[:, None] * found[at + 1]
        return float(flow[layer[None, :] == layer[:, None] + 1].sum() / flow.sum())


def unrolled(w: Array, b: Array, x: Array, residual: str = "none") -> list[Array]:
    h = np.zeros((len(x), S))
    h[:, :D_IN] = x
    after = [h]
    for _ in range(STEPS):
        new = np.maximum(after[-1] @ w + b, 0)
        if residual == "output":
            new[:, S - D_OUT :] += after[-1][:, S - D_OUT :]
        after.append(new)
    return after


def trained(folder: Path, steps: int, *overrides: str) -> NetwareModel:
    path = folder / "urn.yaml"
    path.write_text(SCENARIO)
    model = NetwareModel(path, overrides, collect=0)
    for _ in range(steps):
        model.step()
    return model


@pytest.fixture(scope="module")
def emerged(tmp_path_factory: pytest.TempPathFactory) -> NetwareModel:
    return trained(tmp_path_factory.mktemp("urn"), 200)


@pytest.mark.t1
def test_urn_3_a_sparse_feedforward_network_emerges(emerged: NetwareModel) -> None:
    read = ActiveNeurons(on="urns", task="shells").read(emerged.world)
    for replica in range(2):
        urn = Trained.of(emerged, replica)
        counts = [int(urn.active(at).sum()) for at in range(1, STEPS + 1)]
        union = int(np.any([urn.active(at) for at in range(1, STEPS + 1)], 0).sum())
        strong = int((np.abs(urn.w) > 0.01).sum())
        assert urn.accuracy() >= 0.99
        assert union <= 0.40 * S
        assert strong <= 0.02 * S * S
        assert counts[0] >= 3 * max(counts[1], counts[2])
        assert urn.layered_flow(0.01) >= 0.6
        # The probe says the same; single precision may wake a neuron that is all but silent.
        assert abs(read["active"][replica, 0].item() - union) <= 2
        assert read["strong"][replica, 0].item() == strong
        assert abs(read["layered_flow"][replica, 0].item() - urn.layered_flow(0.01)) < 0.02


@pytest.mark.t1
def test_urn_3_without_a_price_no_structure_emerges(tmp_path: Path) -> None:
    free = ("rules.learn.weight_l1=0.0", "rules.learn.activity_l1=0.0", "replicas=1")
    urn = Trained.of(trained(tmp_path, 60, *free), 0)
    assert urn.accuracy() >= 0.99
    assert np.any([urn.active(at) for at in range(1, STEPS + 1)], 0).sum() >= 0.9 * S
    assert urn.layered_flow(0.01) <= 0.1


@pytest.mark.t1
def test_urn_4_pruning_what_is_not_relevant_is_exact(emerged: NetwareModel) -> None:
    for replica in range(2):
        urn = Trained.of(emerged, replica)
        whole = urn.h[-1][:, S - D_OUT :]

        def pruned(mask: NDArray[np.bool_], urn: Trained = urn) -> Array:
            return unrolled(urn.w * mask, urn.b, urn.x)[-1][:, S - D_OUT :]

        exact = urn.mask(0.0)
        assert exact.sum() <= 0.05 * S * S
        assert np.abs(pruned(exact) - whole).max() <= 1e-12
        model, weights = emerged.world["urns"].wrapped(), emerged.world["urns"].weights
        inputs = emerged.world.examples["shells"].test.inputs[replica][None]
        own = {name: values[replica][None] for name, values in weights.items()}
        masked = {"w": own["w"] * torch.from_numpy(exact), "b": own["b"]}
        assert torch.equal(model.forward(masked, inputs, {}), model.forward(own, inputs, {}))
        rough = pruned(urn.mask(1e-3))
        assert np.abs(rough - whole).max() <= 0.3
        assert abs((rough.argmax(1) == urn.label).mean() - urn.accuracy()) <= 0.005
        # The control: as many weights, kept by chance, are another network.
        rng = np.random.default_rng(replica)
        other = rng.permutation(exact.flatten()).reshape(S, S)
        assert np.abs(pruned(other) - whole).max() > 0.3


@pytest.mark.t2
def test_urn_3_residual_outputs_need_one_hidden_layer(tmp_path: Path) -> None:
    change = ("populations.urns.model.residual=output", "replicas=4")
    model = trained(tmp_path, 200, *change)
    read = IterationAccuracy(on="urns", task="shells").read(model.world)["accuracy"]
    each = [Trained.of(model, replica, "output") for replica in range(4)]
    for replica, urn in enumerate(each):
        assert urn.accuracy() >= 0.99
        assert urn.accuracy(3) >= 0.98
        assert abs(urn.accuracy(1) - 0.5) < 0.15
        assert abs(read[replica, 0, 2].item() - urn.accuracy(2)) < 0.005
    # Stopped after two of the four iterations, when one hidden layer has been passed.
    assert np.median([urn.accuracy(2) for urn in each]) >= 0.95
