import pytest
import torch

from netware.errors import ScenarioError
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.probes.representation.representation_score import RepresentationScore
from netware.tasks.base import Examples, TaskData
from netware.world import World
from tests.rules.learners import world_of


def world() -> World:
    """Returns two agents that pass samples on as they are, and three classes around (5, 5)."""
    model = Multilayer(2, 1, (2,), "identity", bias="none")
    weights = {"w1": torch.eye(2).repeat(2, 1, 1), "w2": torch.zeros(2, 2, 1)}
    state = {"direction": torch.tensor([[3.0, 0.0], [0.0, -2.0]])}
    x = torch.tensor([[[4.0, 4.0], [4.5, 6.5], [6.0, 5.0], [7.0, 9.0], [99.0, 99.0]]])
    label = torch.eye(3)[torch.tensor([[0, 0, 1, 1, 2]])]
    data = Examples(x, label, "classes")
    return world_of(Population("nets", 2, 1, model, weights, state), data=TaskData(data, data))


def test_scores_are_projections_and_other_classes_do_not_count() -> None:
    found = RepresentationScore("nets", "task").read(world())
    # Agent 0 reads x: 4, 4.5 against 6, 7.
    # Agent 1 reads -y: -4, -6.5 against -5, -9; the midpoint of the means is -6.125.
    assert found["gap"].tolist() == [[2.25, -1.75]]
    assert found["accuracy"].tolist() == [[1.0, 0.5]]
    assert found["mean"].item() == pytest.approx(0.75)
    assert found["mean_gap"].item() == pytest.approx(0.25)


def test_the_midpoint_comes_from_the_training_examples() -> None:
    before = world()
    train = before.examples["task"].train
    test = Examples(train.inputs + torch.tensor([0.7, 0.0]), train.targets, "classes")
    shifted = World(before.draws, before.populations, examples={"task": TaskData(train, test)})
    accuracy = RepresentationScore("nets", "task").read(shifted)["accuracy"][0, 0]
    # The midpoint 5.375 of 4.25 and 6.5 still parts 4.7, 5.2 from 6.7, 7.7; from 1.2 on it errs.
    assert accuracy.item() == 1
    test = Examples(train.inputs + torch.tensor([1.2, 0.0]), train.targets, "classes")
    shifted = World(before.draws, before.populations, examples={"task": TaskData(train, test)})
    probe = RepresentationScore("nets", "task")
    assert probe.read(shifted)["accuracy"][0, 0].item() == 0.75
    train_only = RepresentationScore("nets", "task", split="train")
    assert train_only.read(shifted)["accuracy"][0, 0].item() == 1


def test_a_direction_of_another_layer_is_refused() -> None:
    wide = world().with_population(
        Population(
            "nets",
            2,
            1,
            Multilayer(2, 1, (3,), "identity", bias="none"),
            {"w1": torch.zeros(2, 2, 3), "w2": torch.zeros(2, 3, 1)},
            {"direction": torch.zeros(2, 2)},
        )
    )
    with pytest.raises(ScenarioError) as error:
        RepresentationScore("nets", "task").read(wide)
    assert str(error.value) == (
        "probes: RepresentationScore.state: 'direction' of shape (2,)\n"
        "  expected: (3,), one number for each unit of 'hidden1'\n"
        "  fix: name the layer that the direction was read in"
    )
