"""What is observed is of one moment: weights that follow from others follow in the same step."""

import torch

from netware import NetwareModel
from netware.models.layers.conversion import deep_weights
from netware.models.multilayer import Multilayer
from netware.simulation.sight import seen
from tests.simulation.worlds import write


HEAD = """
netware: 1
name: follow
seed: 5
steps: 4
tasks:
  t: {type: shells, dimensions: 2, train: 40, test: 20}
populations:
  wide: {agents: 2, model: {type: multilayer, inputs: 2, widths: [3], outputs: 2}, state: {z: {normal: [0, 1], size: 2}}}
"""  # noqa: E501
LEARN = """
rules:
  learn: {type: gradient, on: wide, task: t, optimiser: {type: adam, rate: 0.05}}
probes:
  theirs: {type: accuracy, on: others, task: t}
"""
UNFOLDING = (
    HEAD
    + """
  others: {agents: 2, model: {type: multilayer, inputs: 2, widths: [5, 5, 5], outputs: 2}}
relations:
  r: {type: unfolding, between: [wide, others], bound: 3.0}
"""
    + LEARN
)
INHERITANCE = (
    HEAD
    + """
  between: {agents: 2, model: {type: multilayer, inputs: 2, widths: [3], outputs: 2}}
  others: {agents: 2, model: {type: multilayer, inputs: 2, widths: [3], outputs: 2}}
relations:
  second: {type: inheritance, between: [between, others]}
  first: {type: inheritance, between: [wide, between]}
"""
    + LEARN
)


def test_deep_networks_are_the_form_of_the_wide_ones_of_now(tmp_path) -> None:
    model = NetwareModel(write(tmp_path, UNFOLDING))
    before = model.world["wide"].weights["w1"]
    for _ in range(3):
        model.step()
        wide, deep = model.world["wide"], model.world["others"]
        assert not torch.equal(wide.weights["w1"], before)
        own = wide.wrapped()
        assert isinstance(own, Multilayer)
        expected = deep_weights(own, wide.weights, 3.0)
        assert all(torch.equal(deep.weights[name], w) for name, w in expected.items())


def test_heirs_of_heirs_follow_in_the_same_step_whatever_the_order_of_the_file(tmp_path) -> None:
    model = NetwareModel(write(tmp_path, INHERITANCE))
    assert torch.equal(model.world["others"].weights["w1"], model.world["wide"].weights["w1"])
    for _ in range(3):
        model.step()
        world = model.world
        for name in ("between", "others"):
            assert torch.equal(world[name].weights["w1"], world["wide"].weights["w1"])
        own = model.blueprint.members.probes["theirs"].member
        read = seen(own, world)
        same = seen(type(own)(on="wide", task="t"), world)
        assert all(torch.equal(read[name], same[name]) for name in read)


def test_a_relation_that_is_not_due_does_not_follow(tmp_path) -> None:
    text = INHERITANCE.replace("[wide, between]}", "[wide, between], every: 2}")
    model = NetwareModel(write(tmp_path, text))
    model.step()
    assert torch.equal(model.world["between"].weights["w1"], model.world["wide"].weights["w1"])
    model.step()
    assert not torch.equal(model.world["between"].weights["w1"], model.world["wide"].weights["w1"])


def test_children_follow_their_embedding_in_the_same_step(tmp_path) -> None:
    text = HEAD.replace("widths: [3], outputs: 2}, state", "widths: [], outputs: 6}, state")
    text += """
  others: {agents: 4, model: {type: multilayer, inputs: 2, widths: [], outputs: 2}, state: {z: {normal: [0, 1], size: 2}}}
relations:
  r: {type: generation, between: [wide, others], embedding: z}
rules:
  shake: {type: noise, on: others, state: z, sd: 0.3}
"""  # noqa: E501
    model = NetwareModel(write(tmp_path, text))
    for _ in range(3):
        model.step()
        relation, world = model.plan.definitions["r"], model.world
        again = relation.flow(world.edges["r"], world["wide"], world["others"])
        assert torch.equal(again.weights["w1"], world["others"].weights["w1"])


def test_heirs_of_the_damaged_are_damaged_in_the_same_step(tmp_path) -> None:
    damage = "events:\n- {at: 1, rule: lesion, on: wide, fraction: 0.5}\n"
    model = NetwareModel(write(tmp_path, INHERITANCE.split("rules:")[0] + damage))
    for _ in range(2):
        model.step()
        world = model.world
        for name in ("between", "others"):
            assert torch.equal(world[name].weights["w1"], world["wide"].weights["w1"])


def test_what_depends_on_damaged_weights_thinks_with_them_in_that_step(tmp_path) -> None:
    text = INHERITANCE.split("rules:")[0] + (
        "events:\n- {at: 0, rule: agent_lesion, on: wide, fraction: 1.0}\n"
    )
    shown = "widths: [3], outputs: 2}, inputs: {task: t}}"
    text = text.replace("widths: [3], outputs: 2}}", shown)
    model = NetwareModel(write(tmp_path, text))
    model.step()
    assert model.world["others"]["input"].any()
    assert not model.world["others"]["output"].any()
