"""Examples are dealt to the agents that there are, not to empty places."""

from pathlib import Path

import pytest
import torch

from netware import NetwareModel


CASE = Path(__file__).parent / "cases/07-shares-dealt-to-empty-places/scenario.yaml"


@pytest.mark.parametrize("share", ["random", "by_class"])
def test_two_agents_have_twenty_examples_each(share):
    model = NetwareModel(CASE, [f"rules.r.share={share}"])
    world, rule = model.world, model.blueprint.members.rules["r"].member
    own, every = rule.examples(world).inputs[:2], world.examples["t"].train.inputs[0]
    assert own.shape == (2, 20, 2)
    partitioned = sorted(own.flatten(0, 1).tolist())
    assert partitioned == sorted(every.tolist())


def test_agents_learn_as_they_do_without_room():
    roomy, full = (NetwareModel(CASE, [f"populations.p.capacity={room}"]) for room in (8, 2))
    for model in (roomy, full):
        model.step()
    for name, w in full.world["p"].weights.items():
        assert torch.equal(roomy.world["p"].weights[name][:2], w)


def test_whoever_is_born_later_learns_from_the_part_of_its_id():
    born = "rules.b={type: birth, on: p, rate: 1.0, at: [0]}"
    model = NetwareModel(CASE, [born, "steps=2"])
    model.step()
    world, rule = model.world, model.blueprint.members.rules["r"].member
    identity = world["p"].identity
    assert identity is not None
    assert identity[:4].tolist() == [0, 1, 2, 3]
    own = rule.examples(world).inputs
    assert torch.equal(own[2], own[0]) and torch.equal(own[3], own[1])
    assert not torch.equal(own[0], own[1])
