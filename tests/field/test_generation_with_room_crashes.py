"""Generators make the weights of the children that are there, and leave the others alone."""

from pathlib import Path

import pytest
import torch

import netware
from netware import NetwareModel


CASE = Path(__file__).parent / "cases/08-generation-with-room-crashes/scenario.yaml"
CHILDREN = "populations.children={{agents: 4, capacity: {room}, {rest}}}"
REST = {
    "whole": "model: {type: multilayer, inputs: 2, widths: [], outputs: 1},"
    " state: {embedding: {normal: [0, 1], size: 3}}",
    "synapse": "model: {type: multilayer, inputs: 2, widths: [3], outputs: 1, bias: none}",
}
KINDS = {"whole": "generation", "synapse": "synapse_generation"}
SIZES = {"whole": (3, 3), "synapse": (4, 2)}


WIDE = ["populations.generator.model.outputs=6"]


def changes(per: str, room: int) -> list[str]:
    inputs, outputs = SIZES[per]
    return [
        CHILDREN.format(room=room, rest=REST[per]),
        f"populations.generator.model.inputs={inputs}",
        f"populations.generator.model.outputs={outputs}",
        f"relations.makes.type={KINDS[per]}",
    ]


@pytest.mark.parametrize("per", ["whole", "synapse"])
def test_children_are_made_as_without_room_and_empty_places_are_left_alone(per):
    full, roomy = (NetwareModel(CASE, changes(per, room)) for room in (4, 6))
    for _ in range(2):
        before = roomy.world["children"].weights
        full.step()
        roomy.step()
        for name, w in roomy.world["children"].weights.items():
            assert torch.equal(w[:4], full.world["children"].weights[name])
            assert torch.equal(w[4:], before[name][4:])


def test_the_case_itself_runs(tmp_path):
    run = netware.run(CASE, out=tmp_path)
    assert run.status["state"] == "done"


def test_a_newborn_child_keeps_its_parent_s_weights():
    """A new generator of other weights makes the founders alone."""
    rules = (
        "rules={b: {type: birth, on: children, rate: 1.0, at: [0]},"
        " n: {type: noise, on: generator, state: weights, sd: 1.0, at: [0]}}"
    )
    model = NetwareModel(CASE, [rules, "steps=3"])
    before = model.world["children"].weights
    for _ in range(2):
        model.step()
    after = model.world["children"]
    assert after.identity.tolist() == [0, 1, 2, 3, 4, 5]
    for name, w in after.weights.items():
        assert not torch.equal(w[:4], before[name][:4])
        for child in (4, 5):
            assert any(torch.equal(w[child], parent) for parent in before[name][:4])


def test_children_of_a_dead_generator_keep_their_weights():
    rules = (
        "rules={d: {type: death, on: generator, of: doomed, below: 0.5},"
        " n: {type: noise, on: generator, state: weights, sd: 1.0}}"
    )
    given = "populations.generator.state={doomed: [0, 1]}"
    model = NetwareModel(CASE, [rules, given, "populations.children.capacity=4", "steps=3"])
    before = model.world["children"].weights
    for _ in range(2):
        model.step()
    for name, w in model.world["children"].weights.items():
        assert torch.equal(w[:2], before[name][:2])
        assert not torch.equal(w[2:], before[name][2:])


@pytest.mark.parametrize("dying", ["children", "generator"])
def test_learning_goes_on_where_no_child_has_a_generator_any_more(dying):
    rules = (
        f"rules={{d: {{type: death, on: {dying}, rate: 1.0, at: [1]}},"
        " g: {type: gradient, on: children, task: t}}"
    )
    task = "tasks={t: {type: stripes, train: 20, test: 10}}"
    model = NetwareModel(CASE, [rules, task, "populations.children.model.outputs=2", *WIDE])
    model.step()
    before = model.world
    for _ in range(2):
        model.step()
    for name in ("children", "generator"):
        for key, w in model.world[name].weights.items():
            assert torch.equal(w, before[name].weights[key])
