from typing import get_args

import pytest
import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.models.base import affine
from netware.models.urn import Residual, Urn
from netware.population import Population, chunk_size


VARIANTS = [
    Urn(3, 2, 12, iterations, residual)
    for residual in get_args(Residual)
    for iterations in (1, 2, 3, 5)
]
NAMES = [f"{model.residual}-{model.iterations}" for model in VARIANTS]


def random(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def random_weights(model: Urn, agents: int) -> dict[str, Tensor]:
    weights = model.init(Draws.of(5).stream(Purpose.WEIGHTS, "p", agents), torch.float64)
    return {"w": weights["w"], "b": random(agents, model.neurons, seed=8)}


def by_the_book(model: Urn, w: Tensor, b: Tensor, x: Tensor) -> list[Tensor]:
    """Iterates the paper's W_ij N_j for one sample of one agent, with nothing left out."""
    matrix, first = w.T, model.neurons - model.outputs
    n = torch.zeros(model.neurons, dtype=x.dtype)
    n[: model.inputs] = x
    after = []
    for _ in range(model.iterations):
        new = torch.relu(matrix @ n + b)
        if model.residual == "output":
            new[first:] += n[first:]
        if model.residual == "input":
            new[: model.inputs] += x
        n = new
        after.append(n)
    return after


@pytest.mark.parametrize("model", VARIANTS, ids=NAMES)
def test_the_recursion_is_the_paper_s(model: Urn) -> None:
    weights = random_weights(model, 4)
    for samples in (1, 6):
        x = random(4, samples, 3, seed=samples)
        y, traced = model.forward(weights, x, {}), model.trace(weights, x, {})
        for agent in range(4):
            for sample in range(samples):
                book = by_the_book(
                    model, weights["w"][agent], weights["b"][agent], x[agent, sample]
                )
                assert (y[agent, sample] - book[-1][-2:]).abs().max() < 1e-10
                for iteration, wanted in enumerate(book, 1):
                    whole = traced[f"iteration{iteration}"][agent, sample]
                    assert (whole - wanted).abs().max() < 1e-10


@pytest.mark.parametrize("model", VARIANTS, ids=NAMES)
def test_the_trace_holds_every_iteration_and_ends_in_the_output(model: Urn) -> None:
    weights, x = random_weights(model, 3), random(3, 5, 3, seed=2)
    traced = model.trace(weights, x, {})
    names = [f"iteration{at}" for at in range(1, model.iterations + 1)]
    assert list(traced) == [*names, "output"]
    assert torch.equal(traced["output"], traced[names[-1]][..., -2:])
    assert (traced["output"] - model.forward(weights, x, {})).abs().max() < 1e-10


@pytest.mark.parametrize("model", VARIANTS, ids=NAMES)
def test_what_is_left_out_changes_no_gradient(model: Urn) -> None:
    weights, x = random_weights(model, 3), random(3, 5, 3, seed=2)
    leaves = [weights[name].requires_grad_() for name in ("w", "b")]
    short = torch.autograd.grad(model.forward(weights, x, {}).sum(), leaves)
    whole = torch.autograd.grad(model.trace(weights, x, {})["output"].sum(), leaves)
    for ours, full in zip(short, whole, strict=True):
        assert torch.allclose(ours, full, rtol=0, atol=1e-9)


def test_weights_are_drawn_with_variance_two_over_the_neurons() -> None:
    model = Urn(3, 2, 200)
    weights = model.init(Draws.of(5).stream(Purpose.WEIGHTS, "p", 4), torch.float64)
    # 160 000 deviates.
    assert abs(weights["w"].var().item() * 200 / 2 - 1) < 5 * (2 / 160_000) ** 0.5
    assert weights["b"].abs().max() == 0


def test_agents_are_computed_a_cacheful_at_a_time() -> None:
    model = Urn(4, 2, 64)
    weights = model.init(Draws.of(5).stream(Purpose.WEIGHTS, "p", 200), torch.float32)
    population = Population("p", 200, model=model, weights=weights)
    x = random(200, 1, 4, seed=4).float()
    assert model.weight_reads() == 4
    assert chunk_size(model, x) < 200
    assert (population.forward(x) - model.forward(weights, x, {})).abs().max() < 1e-6


def test_counts_of_weights_and_operations() -> None:
    model = Urn(10, 2, 100, 4)
    assert model.parameter_count() == 100 * 100 + 100
    assert model.flops() == 2 * (10 * 100 + 2 * 100 * 100 + 100 * 2)
    assert Urn(10, 2, 100, 1).flops() == 2 * 10 * 2
    assert (model.input_size(), model.output_size(), model.layers()) == (10, 2, ())


def test_synapses_have_lengths_in_a_lattice() -> None:
    model = Urn(4, 1, 8, cube=(2, 2, 2), beta=4.0, gamma=2.0)
    weights = {"w": random(3, 8, 8, seed=1), "b": torch.zeros(3, 8, dtype=torch.float64)}
    site = model.sites(weights["w"])
    price = ((site[:, None] - site[None]) ** 2 * torch.tensor([1.0, 1.0, 4.0])).sum(-1)
    wanted = (weights["w"].abs() * price).sum((1, 2))
    assert torch.allclose(model.synaptic_length(weights), wanted)


def test_too_few_neurons_are_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        Urn(inputs=10, outputs=2, neurons=11)
    assert str(error.value) == (
        "neurons: 11 neurons for 10 inputs, 2 outputs\n"
        "  expected: inputs and outputs to be different neurons\n"
        "  fix: write 'neurons: 12' or more"
    )


def test_a_lattice_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        Urn(inputs=4, outputs=2, neurons=20, cube=(2, 3, 4))
    assert str(error.value) == (
        "cube: 24 sites for 20 neurons\n"
        "  expected: as many sites as neurons\n"
        "  fix: write 'neurons: 24'"
    )
    with pytest.raises(ScenarioError) as error:
        Urn(inputs=9, outputs=2, neurons=24, cube=(2, 3, 4))
    assert str(error.value) == (
        "cube: 4 planes of 6 sites\n"
        "  expected: 2 planes or more, of 9 sites or more\n"
        "  fix: make x and y, or z, larger"
    )


def test_neurons_without_a_place_have_no_lengths() -> None:
    model = Urn(3, 2, 12)
    with pytest.raises(ScenarioError) as error:
        model.synaptic_length(random_weights(model, 1))
    assert str(error.value) == (
        "model.cube: neurons without a place\n"
        "  expected: a lattice, since something asks how long synapses are\n"
        "  fix: write 'cube: [x, y, z]' under the model, with x y z neurons"
    )


@pytest.mark.parametrize("residual", ["none", "output", "input"])
def test_silent_neurons_are_passed_over_and_nothing_changes(residual, monkeypatch) -> None:
    """Few active neurons of a large network: the same answers and gradients, by fewer rows."""
    model = Urn(4, 2, 600, 4, residual)
    generator = torch.Generator().manual_seed(4)
    w = torch.randn(1, 600, 600, generator=generator, dtype=torch.float64) * (2 / 600) ** 0.5
    b = torch.zeros(1, 600, dtype=torch.float64)
    b[:, 60:598] = -50.0
    x = torch.randn(1, 9, 4, generator=generator, dtype=torch.float64)

    def answers() -> tuple[Tensor, ...]:
        own, bias = w.clone().requires_grad_(), b.clone().requires_grad_()
        traced = model.trace({"w": own, "b": bias}, x, {})
        active = sum(h.abs().sum() for h in traced.values())
        y = model.forward({"w": own, "b": bias}, x, {})
        return y, *torch.autograd.grad(y.square().sum() + active, [own, bias])

    read: list[int] = []

    def counted(h: Tensor, w: Tensor, b: Tensor) -> Tensor:
        read.append(w.shape[1])
        return affine(h, w, b)

    monkeypatch.setattr("netware.models.urn.affine", counted)
    fast = answers()
    assert 0 < max(read) < 100
    monkeypatch.setattr("netware.models.urn.FEW", 0.0)
    read.clear()
    slow = answers()
    assert max(read) == 600
    for one, other in zip(fast, slow, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)
    assert fast[1].abs().max() > 0
