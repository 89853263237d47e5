"""Loss: what learning lowers, measured on both halves of a task."""

import pytest
import torch

from netware.errors import ScenarioError
from netware.models.multilayer import Multilayer
from netware.probes.learning.loss import Loss
from netware.tasks.base import TaskData
from tests.rules.learners import drawn, examples, sequential, world_of


NET = Multilayer(5, 3, (6,))


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize("goal", ["classes", "numbers"])
def test_loss_is_that_of_each_network_alone(split, goal):
    train, test = (examples(seed, 2, 9, (5, 3), goal).train for seed in (1, 2))
    world = world_of(drawn(NET, 3, replicas=2), data=TaskData(train, test))
    found = Loss("nets", "task", split=split).read(world)
    shown = {"train": train, "test": test}[split]
    plain = {"classes": torch.nn.CrossEntropyLoss(), "numbers": torch.nn.MSELoss()}[goal]
    for agent in range(6):
        net, replica = sequential(NET, dict(world["nets"].weights), agent), agent // 3
        expected = plain(net(shown.inputs[replica]), shown.targets[replica]).detach()
        torch.testing.assert_close(found["loss"][replica, agent % 3], expected)
    torch.testing.assert_close(found["mean"], found["loss"].mean(1))
    torch.testing.assert_close(found["least"], found["loss"].amin(1))
    assert set(found) == set(Loss.quantities)


def test_the_loss_can_be_chosen():
    data = examples(3, 1, 9, (5, 3), "classes")
    world = world_of(drawn(NET, 2), data=data)
    found = Loss("nets", "task", loss="mse").read(world)["loss"][0]
    answer = world["nets"].forward(data.test.of(world["nets"].replica).inputs)
    torch.testing.assert_close(found, (answer - data.test.targets).square().mean((1, 2)))


def test_a_task_of_other_sizes_is_refused():
    world = world_of(drawn(NET, 3), data=examples(3, 1, 12, (5, 2), "classes"))
    with pytest.raises(ScenarioError, match="5 = 5 and 3 = 2"):
        Loss("nets", "task").read(world)


def test_there_is_no_cross_entropy_of_numbers():
    train = examples(1, 1, 9, (5, 3), "numbers").train
    world = world_of(drawn(NET, 3), data=TaskData(train, train))
    with pytest.raises(ScenarioError, match="cross_entropy, but the targets of 'task' are numbers"):
        Loss("nets", "task", loss="cross_entropy").read(world)
    Loss("nets", "task", loss="mse").read(world)
