"""Accuracy: one by one and by majority, on answers that are known."""

import pytest
import torch

from netware.errors import ScenarioError
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.probes.learning.accuracy import Accuracy
from netware.tasks.base import Examples, Goal, TaskData
from netware.world import World
from tests.rules.learners import drawn, examples, world_of


LINEAR = Multilayer(2, 2, bias="none")


def reading(world: World, **settings) -> dict[str, torch.Tensor]:
    return Accuracy("nets", "task", **settings).read(world)


def linear(weights: list, x: list, t: list, goal: Goal, replicas: int = 1) -> World:
    """Makes linear agents with these matrices, shown these samples in every replica."""
    w = torch.tensor(weights)
    model = Multilayer(w.shape[1], w.shape[2], bias="none")
    nets = Population("nets", len(w) // replicas, replicas, model, {"w1": w})
    shown = Examples(
        torch.tensor(x).expand(replicas, -1, -1), torch.tensor(t).expand(replicas, -1, -1), goal
    )
    return world_of(nets, data=TaskData(shown, shown))


SAME, SWAPPED = [[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]]


def test_two_right_agents_outvote_a_louder_wrong_one():
    loud = [[0.0, 9.0], [9.0, 0.0]]
    world = linear(
        [SAME, SAME, loud], [[[1.0, 0.0], [0.0, 1.0]]], [[[1.0, 0.0], [0.0, 1.0]]], "classes"
    )
    found = reading(world)
    assert found["accuracy"].tolist() == [[1.0, 1.0, 0.0]]
    assert found["mean"].item() == pytest.approx(2 / 3)
    assert found["best"].tolist() == [1.0]
    assert found["majority"].tolist() == [1.0]


def test_replicas_vote_apart():
    identity = [[[1.0, 0.0], [0.0, 1.0]]]
    world = linear([SAME, SAME, SWAPPED, SWAPPED], identity, identity, "classes", replicas=2)
    found = reading(world)
    assert found["accuracy"].tolist() == [[1.0, 1.0], [0.0, 0.0]]
    assert found["majority"].tolist() == [1.0, 0.0]


def test_numbers_are_rounded_and_averaged():
    # Answers 1.4 and 2.8 to the label 2: both wrong, their mean 2.1 right.
    found = reading(linear([[[1.4]], [[2.8]]], [[[1.0]]], [[[2.0]]], "numbers"))
    assert found["accuracy"].tolist() == [[0.0, 0.0]]
    assert found["majority"].tolist() == [1.0]


def test_accuracy_follows_the_split():
    data = examples(3, 2, 12, (2, 2), "classes")
    turned = Examples(data.test.inputs, data.test.targets.flip(-1), "classes")
    world = world_of(drawn(LINEAR, 3, replicas=2), data=TaskData(data.train, turned))
    one, other = reading(world, split="train"), reading(world, split="test")
    torch.testing.assert_close(one["accuracy"], 1 - other["accuracy"])
    assert set(one) == set(Accuracy.quantities)
    assert one["accuracy"].shape == (2, 3)
    assert one["majority"].shape == (2,)


def test_a_task_of_other_sizes_is_refused():
    world = world_of(drawn(LINEAR, 3), data=examples(3, 1, 12, (4, 2), "classes"))
    with pytest.raises(ScenarioError, match="samples of 4 numbers with targets of 2") as caught:
        reading(world)
    assert "probes: Accuracy.task" in str(caught.value)


def test_agents_without_a_model_are_refused():
    world = world_of(Population("nets", 3), data=examples(3, 1, 12, (4, 2), "classes"))
    with pytest.raises(ScenarioError, match="'nets', which have no model"):
        reading(world)
