import torch
from torch import Tensor

from netware.measures.unrolled import (
    layer_of,
    layered_flow,
    relevant_neurons,
    relevant_weights,
    unrolled,
)
from netware.models.urn import Urn


def random_urn(
    model: Urn, agents: int, seed: int, density: float = 0.3
) -> tuple[dict[str, Tensor], Tensor]:
    """Returns weights of which a few are not zero, and samples."""
    generator = torch.Generator().manual_seed(seed)
    size = model.neurons
    w = torch.randn(agents, size, size, generator=generator, dtype=torch.float64)
    kept = torch.rand(agents, size, size, generator=generator) < density
    b = torch.randn(agents, size, generator=generator, dtype=torch.float64) * 0.1
    x = torch.randn(agents, 20, model.inputs, generator=generator, dtype=torch.float64)
    return {"w": w * kept, "b": b}, x


def iterated(model: Urn, w: Tensor, b: Tensor, x: Tensor) -> Tensor:
    """Computes one agent's outputs with weights of their own at each iteration."""
    first = model.neurons - model.outputs
    h = torch.zeros(len(x), model.neurons, dtype=x.dtype)
    h[:, : model.inputs] = x
    for at in range(model.iterations):
        new = torch.relu(h @ w[at] + b)
        if model.residual == "output":
            new[:, first:] += h[:, first:]
        h = new
    return h[:, first:]


def test_activity_is_unrolled_from_the_inputs_on() -> None:
    model = Urn(3, 2, 9, 3)
    weights, x = random_urn(model, 4, 1)
    mean, active = unrolled(model, weights, x, {})
    traced = model.trace(weights, x, {})
    assert mean.shape == active.shape == (4, 4, 9)
    assert torch.allclose(mean[:, 0, :3], x.abs().mean(1))
    assert not active[:, 0, 3:].any() and mean[:, 0, 3:].abs().max() == 0
    for at in range(1, 4):
        assert torch.allclose(mean[:, at], traced[f"iteration{at}"].mean(1))
        assert torch.equal(active[:, at], (traced[f"iteration{at}"] > 0).any(1))


def test_relevant_neurons_lie_on_a_path_to_the_outputs() -> None:
    # 0 -> 2 -> 4 (the output) in two iterations; 1 -> 3 leads nowhere.
    strong = torch.zeros(1, 5, 5, dtype=torch.bool)
    strong[0, 0, 2] = strong[0, 2, 4] = strong[0, 1, 3] = True
    active = torch.ones(1, 3, 5, dtype=torch.bool)
    relevant = relevant_neurons(active, strong, outputs=1)[0]
    assert relevant.nonzero().tolist() == [[0, 0], [1, 2], [2, 4]]
    silent = active.clone()
    silent[0, 1, 2] = False
    assert relevant_neurons(silent, strong, outputs=1)[0].nonzero().tolist() == [[2, 4]]


def test_outputs_that_accumulate_are_relevant_to_themselves() -> None:
    strong = torch.zeros(1, 3, 3, dtype=torch.bool)
    strong[0, 0, 2] = True
    active = torch.ones(1, 4, 3, dtype=torch.bool)
    active[0, 0, 1:] = False
    plain = relevant_neurons(active, strong, outputs=1)
    carried = relevant_neurons(active, strong, outputs=1, carried=1)
    assert plain[0].nonzero().tolist() == [[2, 0], [3, 2]]
    assert carried[0].nonzero().tolist() == [[0, 0], [1, 0], [1, 2], [2, 0], [2, 2], [3, 2]]


def test_masking_what_is_not_relevant_changes_no_output() -> None:
    for model, carried in ((Urn(3, 2, 14, 4), 0), (Urn(3, 2, 14, 4, "output"), 2)):
        weights, x = random_urn(model, 6, 2)
        _, active = unrolled(model, weights, x, {})
        strong = weights["w"] != 0
        relevant = relevant_neurons(active, strong, model.outputs, carried)
        mask = relevant_weights(relevant, strong)
        assert mask.shape == (6, 4, 14, 14)
        assert 0.1 < mask.double().mean() / strong.double().mean() < 0.9
        for agent in range(6):
            w, b = weights["w"][agent], weights["b"][agent]
            whole = iterated(model, w.expand(4, -1, -1), b, x[agent])
            masked = iterated(model, w * mask[agent], b, x[agent])
            assert torch.allclose(whole, model.forward(weights, x, {})[agent])
            assert torch.equal(masked, whole)


def test_a_neuron_s_layer_is_where_it_is_most_active() -> None:
    activity = torch.tensor([[[9, 0, 0, 0], [5, 3, 1, 7], [6, 1, 2, 8], [9, 0, 1, 0.0]]])
    assert layer_of(activity, inputs=1, outputs=1).tolist() == [[0, 1, 2, 3]]


def test_flow_is_summed_over_relevant_weights() -> None:
    for model, carried in ((Urn(3, 2, 11, 3), 0), (Urn(3, 2, 11, 3, "output"), 2)):
        weights, x = random_urn(model, 5, 3)
        activity, active = unrolled(model, weights, x, {})
        strong = weights["w"].abs() > 0.2
        relevant = relevant_neurons(active, strong, model.outputs, carried)
        layer = layer_of(activity, model.inputs, model.outputs)
        got = layered_flow(activity, weights["w"], relevant, strong, layer)
        mask = relevant_weights(relevant, strong)
        flow = (weights["w"].abs()[:, None] * mask * activity[:, :-1, :, None]).sum(1)
        onward = layer[:, None, :] == layer[:, :, None] + 1
        wanted = (flow * onward).sum((1, 2)) / flow.sum((1, 2))
        assert torch.allclose(got, wanted)


def test_a_multilayer_network_is_all_feedforward_and_a_silent_one_has_no_flow() -> None:
    model = Urn(2, 1, 7, 3)
    w = torch.zeros(2, 7, 7)
    w[0, :2, 2:4], w[0, 2:4, 4:6], w[0, 4:6, 6:] = 1.0, 0.5, 1.0
    weights = {"w": w, "b": torch.zeros(2, 7)}
    activity, active = unrolled(model, weights, torch.ones(2, 4, 2), {})
    strong = w.abs() > 0
    relevant = relevant_neurons(active, strong, 1)
    layer = layer_of(activity, 2, 1)
    assert relevant.sum(2).tolist() == [[2, 2, 2, 1], [0, 0, 0, 1]]
    assert layered_flow(activity, w, relevant, strong, layer).tolist() == [1, 0]
