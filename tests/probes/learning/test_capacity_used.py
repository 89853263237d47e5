import pytest
import torch

from netware.errors import ScenarioError
from netware.models.multilayer import Multilayer
from netware.models.urn import Urn
from netware.models.wrappers.low_rank import LowRank
from netware.probes.learning.capacity_used import CapacityUsed
from netware.rules.base import Acting
from netware.rules.learning.freeze import Freeze
from netware.world import World
from tests.rules.learners import drawn, examples, world_of


def world(model) -> World:
    return world_of(drawn(model, 3, 2), data=examples(4, 2, 25, (3, 2), "classes"))


def test_units_in_use_are_counted_layer_by_layer() -> None:
    one = world(Multilayer(3, 2, (12, 7)))
    read = CapacityUsed("nets", "task", 0.4).read(one)
    x = one.examples["task"].test.of(one["nets"].replica).inputs
    traced = one["nets"].wrapped().trace(one["nets"].weights, x, {})
    for layer in (0, 1):
        count = (traced[f"hidden{layer + 1}"].mean(1) > 0.4).sum(1)
        assert torch.equal(read["active"][..., layer].flatten(), count.double())
    assert read["active"].shape == (2, 3, 2)
    assert read["frozen"].sum() == 0
    assert torch.equal(read["free"], torch.tensor([12.0, 7.0]).double().expand(2, 3, 2))


def test_after_freezing_the_units_in_use_are_those_frozen() -> None:
    for model in (Multilayer(3, 2, (12, 7)), Urn(3, 2, 20, 3)):
        one, rule = world(model), Freeze("nets", "task", 0.4)
        before = CapacityUsed("nets", "task", 0.4).read(one)
        after = rule.apply(rule.prepare(one, Acting("keep")), Acting("keep"))
        read = CapacityUsed("nets", "task", 0.4).read(after)
        # Training and test samples are the same here.
        assert torch.equal(read["frozen"], before["active"]) and read["frozen"].sum() > 0
        widths = [12, 7] if isinstance(model, Multilayer) else [15]
        assert torch.equal(read["free"] + read["frozen"], torch.tensor(widths).expand(2, 3, -1))
        assert read["active"].shape == (2, 3, len(widths))


def test_models_without_such_units_and_tasks_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ScenarioError, match=r"probes: CapacityUsed\.on: units of a LowRank"):
        CapacityUsed("nets", "task").read(world(LowRank(Multilayer(3, 2, (4,)), 2)))
    with pytest.raises(ScenarioError, match=r"probes: CapacityUsed\.task: 'task', samples of 3"):
        CapacityUsed("nets", "task").read(world(Multilayer(5, 2, (4,))))
