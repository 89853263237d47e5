"""What every model promises, tried on every model that there is."""

from itertools import pairwise
from math import prod
from typing import Any

import pytest
import torch

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.models.base import AbstractModel, Intervention, Recording, Steering
from netware.models.layers.synapses import hidden_layers
from netware.models.multilayer import Multilayer
from netware.rules.perturbation.neuron_lesion import without_receivers, without_senders
from netware.scenario.members import catalog
from tests.contracts.testbeds import required


LAYERS = Multilayer(4, 2, (5, 3), "tanh")
ARGUMENTS = {
    "steered": {"base": LAYERS},
    "low_rank": {"base": LAYERS, "rank": 2},
    "urn": {"inputs": 4, "outputs": 2, "neurons": 10},
    "multilayer": {"inputs": 4, "widths": (5, 3), "outputs": 2},
    "module": {"path": "torch.nn.Linear", "arguments": {"in_features": 4, "out_features": 2}},
}
AGENTS, SAMPLES = 5, 3


def made(name: str) -> AbstractModel:
    cls = catalog.find("models", name)
    given = ARGUMENTS.get(name, {})
    return cls(**(given or {key: plain(value) for key, value in required(cls).items()}))


def plain(value: Any) -> Any:
    """Returns a small number or a tuple of one, where a parameter must be written."""
    return (4, 4) if isinstance(value, list) else 4 if value == 2 else value


@pytest.fixture(params=catalog.names("models"))
def model(request) -> AbstractModel:
    return made(request.param)


def weights_of(model: AbstractModel, dtype=torch.float32) -> dict[str, torch.Tensor]:
    return model.init(Draws.of(3).stream(Purpose.WEIGHTS, "them", AGENTS), dtype)


def inputs_of(model: AbstractModel, samples: int = SAMPLES) -> torch.Tensor:
    stream = Draws.of(4).stream(Purpose.PROBE, "inputs", AGENTS)
    return stream.normal(size=(samples, model.input_size())).sign()


def test_weights_have_the_shapes_it_names_and_agents_of_their_own(model) -> None:
    for dtype in (torch.float32, torch.float64):
        weights = weights_of(model, dtype)
        assert list(weights) == list(model.weight_shapes())
        for name, shape in model.weight_shapes().items():
            assert weights[name].shape == (AGENTS, *shape) and weights[name].dtype == dtype
    assert model.parameter_count() == sum(prod(s) for s in model.weight_shapes().values())
    assert model.flops() > 0


@pytest.mark.parametrize("samples", [1, SAMPLES])
def test_net_1_the_batch_is_each_agent_by_itself(model, samples) -> None:
    weights, inputs = weights_of(model), inputs_of(model, samples)
    batch = model.forward(weights, inputs, {})
    assert batch.shape == (AGENTS, samples, model.output_size())
    for agent in range(AGENTS):
        own = {name: values[agent : agent + 1] for name, values in weights.items()}
        alone = model.forward(own, inputs[agent : agent + 1], {})
        torch.testing.assert_close(batch[agent], alone[0], rtol=1e-5, atol=1e-5)


def test_the_trace_ends_with_the_output(model) -> None:
    weights, inputs = weights_of(model), inputs_of(model)
    traced = model.trace(weights, inputs, {})
    assert list(traced)[-1] == "output"
    torch.testing.assert_close(traced["output"], model.forward(weights, inputs, {}))


def test_other_parts_receive_what_the_tap_returns(model) -> None:
    weights, inputs = weights_of(model), inputs_of(model)
    traced = model.trace(weights, inputs, {})
    for part, h in list(traced.items())[:-1]:
        shift = torch.full((AGENTS, 1, h.shape[2]), 0.5)
        try:
            found = Recording()
            model.forward(weights, inputs, {}, Steering({part: Intervention(shift)}, found))
        except ScenarioError:
            pytest.skip("a model whose parts cannot be changed on the way")
        assert [*found.parts, "output"] == list(traced)
        torch.testing.assert_close(found.parts[part], h + 0.5)
        still = Steering({part: Intervention(0 * shift)})
        again = model.forward(weights, inputs, {}, still)
        torch.testing.assert_close(again, traced["output"])


def test_layers_name_matrices_that_carry_inputs_on(model) -> None:
    shapes = [model.weight_shapes()[name] for name in model.layers()]
    assert all(len(shape) == 2 for shape in shapes)
    assert all(one[1] == other[0] for one, other in pairwise(shapes))


def test_a_hidden_unit_hears_and_sends_through_its_synapses_alone(model) -> None:
    found = model.synapses()
    if not hidden_layers(found):
        pytest.skip("a model without hidden units that are known")
    named = {name for one in found for name in (*one.into(), *one.factors())}
    assert named == set(model.weight_shapes())
    if any(one.copies > 1 for one in found):
        pytest.skip("a weight that several units share")
    weights, inputs = weights_of(model), inputs_of(model, 9)
    for layer in hidden_layers(found):
        unit = layer.start + layer.many - 1
        deaf, mute = dict(weights), dict(weights)
        for one in found:
            senders, receivers = one.sizes()
            if layer in one.receivers:
                deaf |= without_receivers(one, deaf, only(unit, receivers))
            if layer in one.senders:
                mute |= without_senders(one, mute, only(unit, senders))
        shown = layer.shown_by()
        heard = model.trace(deaf, inputs, {})[shown[0]][..., unit]
        assert bool((heard == heard[:, :1]).all())
        assert not bool((model.trace(weights, inputs, {})[shown[0]][..., unit] == heard).all())
        for part in shown[:-1] or shown:
            width = model.trace(weights, inputs, {})[part].shape[2]
            shift = only(unit, width)[:, None].float() * 0.7
            moved = Steering({part: Intervention(shift)})
            silent = model.forward(mute, inputs, {}, moved)
            torch.testing.assert_close(silent, model.forward(mute, inputs, {}, Steering({})))
            spoken = model.forward(weights, inputs, {}, moved)
            assert not torch.allclose(spoken, model.forward(weights, inputs, {}), atol=1e-6)


def only(unit: int, many: int) -> torch.Tensor:
    return (torch.arange(many) == unit).expand(AGENTS, -1)


def test_forward_is_differentiable_in_the_weights_where_it_is_smooth(model) -> None:
    if not model.responds:
        pytest.skip("a memory that takes signs")
    weights = {n: v.clone().requires_grad_() for n, v in weights_of(model).items()}
    model.forward(weights, inputs_of(model), {}).square().sum().backward()
    assert any(v.grad is not None and bool(v.grad.abs().sum() > 0) for v in weights.values())
