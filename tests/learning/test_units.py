import pytest
import torch

from netware.errors import ScenarioError
from netware.learning import units as units_module
from netware.learning.units import activity, ends, frozen_answers, frozen_units, known_synapses
from netware.models.chnnet import Chnnet
from netware.models.denoisers.denoiser import Denoiser
from netware.models.layers.synapses import Places, Synapses
from netware.models.multilayer import Multilayer
from netware.models.urn import Urn
from tests.models.joined import MODELS
from tests.rules.learners import drawn, examples


def test_matrices_are_named_in_the_order_of_use_with_their_biases() -> None:
    x, g, h, y = (
        Places(*one)
        for one in (("input", 0, 3), ("hidden1", 0, 5), ("hidden2", 0, 4), ("output", 0, 2))
    )
    layered = drawn(Multilayer(3, 2, (5, 4)), 1)
    assert known_synapses(layered, "x") == (
        Synapses("w1", "b1", (x,), (g,)),
        Synapses("w2", "b2", (g,), (h,)),
        Synapses("w3", "b3", (h,), (y,)),
    )
    bare = drawn(Multilayer(3, 2, (5,), bias="none"), 1)
    assert [one.into() for one in known_synapses(bare, "x")] == [("w1",), ("w2",)]
    inner = known_synapses(drawn(Chnnet(3, 2, (5,)), 1), "x")
    assert [one.into() for one in inner] == [("w1", "b1"), ("u1",), ("w2", "b2")]
    assert inner[1].senders == inner[1].receivers == (g,)
    (whole,) = known_synapses(drawn(Urn(3, 2, 9, 2), 1), "x")
    middle = Places("neurons", 3, 4, ("iteration1", "iteration2"))
    assert whole.into() == ("w", "b") and whole.senders is whole.receivers
    assert whole.senders == (Places("input", 0, 3), middle, Places("output", 7, 2))


def test_a_unit_that_hears_its_layer_is_frozen_if_all_matrices_into_it_are() -> None:
    nets = drawn(Chnnet(3, 2, (4,)), 1)
    w, u = torch.zeros(1, 3, 4, dtype=torch.bool), torch.zeros(1, 4, 4, dtype=torch.bool)
    w[:, :, :2], u[:, :, 1:] = True, True
    found = frozen_units(nets.with_state({"frozen.w1": w, "frozen.u1": u}), "x")
    assert [one.tolist() for one in found] == [[[False, True, False, False]]]


@pytest.mark.parametrize("name", ["low_rank", "static"])
def test_models_whose_units_share_weights_are_refused(name: str) -> None:
    with pytest.raises(ScenarioError) as error:
        known_synapses(drawn(MODELS[name], 1), "probes: capacity of 'nets'")
    assert str(error.value).startswith("probes: capacity of 'nets': units of a ")
    assert "expected: a model each of whose weights joins two known units" in str(error.value)
    assert "fix: choose a population with such a model" in str(error.value)


def test_units_of_links_and_of_modules_are_frozen_as_their_weights_lie() -> None:
    nets = drawn(MODELS["dense"], 1)
    w = torch.zeros(1, 4, 6, dtype=torch.bool)
    w[:, :, :3] = True
    # Links c_10, c_20, c_21 of two groups of three: of the first group all but c_21 are frozen.
    c = torch.tensor([[[True, True, False], [True, True, True]]])
    first = frozen_units(nets.with_state({"frozen.w1": w, "frozen.c1": c}), "x")[0]
    assert first.tolist() == [[True, True, False, False, False, False]]
    module = drawn(MODELS["module"], 1)
    rows = torch.zeros(1, 5, 4, dtype=torch.bool)
    rows[:, 2], rows[:, 3, :3] = True, True
    first = frozen_units(module.with_state({"frozen.0.weight": rows}), "x")[0]
    assert first.tolist() == [[False, False, True, False, False]]


def test_a_denoiser_has_all_the_inputs_that_it_makes() -> None:
    nets = drawn(Denoiser(2, (4,), 5), 2)
    units = [torch.ones(2, 4, dtype=torch.bool)]
    (a, _), _ = ends(nets, units, torch.ones(2, 2, dtype=torch.bool))
    assert a.shape == (2, nets.weights["w1"].shape[1]) and a.all()


def test_activity_is_the_mean_over_the_samples_of_each_replica(monkeypatch) -> None:
    data = examples(1, 2, 30, (3, 2), "classes").train
    for model in (Multilayer(3, 2, (5, 4), activation="tanh"), Urn(3, 2, 12, 3)):
        nets = drawn(model, 3, 2)
        found = activity(nets, data)
        traced = model.trace(nets.weights, data.of(nets.replica).inputs, {})
        means = [h.abs().mean(1) for part, h in traced.items() if part != "output"]
        if isinstance(model, Urn):
            means = [torch.stack(means).amax(0)[:, 3:10]]
        assert len(found) == len(means)
        for one, other in zip(found, means, strict=True):
            assert torch.equal(one, other)
        monkeypatch.setattr(units_module, "CHUNK_BYTES", 1)
        for one, other in zip(activity(nets, data), means, strict=True):
            torch.testing.assert_close(one, other)
        monkeypatch.undo()


def test_a_unit_is_frozen_if_all_weights_into_it_are() -> None:
    nets = drawn(Multilayer(3, 2, (5, 4)), 2)
    assert [units.sum().item() for units in frozen_units(nets, "x")] == [0, 0]
    columns = torch.zeros(2, 3, 5, dtype=torch.bool)
    columns[0, :, 2], columns[1, :2, 3] = True, True
    found = frozen_units(nets.with_state({"frozen.w1": columns}), "x")
    assert found[0].tolist() == [[False, False, True, False, False], [False] * 5]
    urns = drawn(Urn(3, 2, 9), 1)
    whole = torch.zeros(1, 9, 9, dtype=torch.bool)
    whole[:, :, :5] = True
    assert frozen_units(urns.with_state({"frozen.w": whole}), "x")[0].tolist() == [
        [True, True, False, False]
    ]


def test_outputs_are_frozen_like_other_receivers() -> None:
    urns, nets = drawn(Urn(3, 2, 9), 1), drawn(Multilayer(3, 2, (5, 4)), 1)
    whole, last = (torch.zeros(1, *shape, dtype=torch.bool) for shape in ((9, 9), (4, 2)))
    whole[:, :, 8], last[:, :, 0] = True, True
    assert frozen_answers(urns, "x").tolist() == [[False, False]]
    assert frozen_answers(urns.with_state({"frozen.w": whole}), "x").tolist() == [[False, True]]
    assert frozen_answers(nets.with_state({"frozen.w3": last}), "x").tolist() == [[True, False]]


def test_ends_are_inputs_hidden_units_and_answers() -> None:
    answers = torch.tensor([[False, True], [True, True]])
    layered = drawn(Multilayer(3, 2, (4,)), 2)
    units = [torch.tensor([[True, False, True, False], [False] * 4])]
    (a, b), (c, d) = ends(layered, units, answers)
    assert a.all() and a.shape == (2, 3) and torch.equal(b, units[0]) and torch.equal(c, units[0])
    assert torch.equal(d, answers)
    [(senders, receivers)] = ends(drawn(Urn(3, 2, 9), 2), units, answers)
    assert senders is receivers
    assert senders[0].int().tolist() == [1, 1, 1, 1, 0, 1, 0, 0, 1]
    assert senders[1].int().tolist() == [1, 1, 1, 0, 0, 0, 0, 1, 1]
