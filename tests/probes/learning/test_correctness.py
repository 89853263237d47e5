import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.population import Population
from netware.probes.learning.correctness import Correctness
from netware.world import World


def world(y: list, t: list, replicas: int = 1) -> World:
    state = {"output": torch.tensor(y), "target": torch.tensor(t)}
    people = Population("people", len(y) // replicas, replicas, state=state)
    return World(Draws.of(1, replicas), {"people": people})


YES, NO = [0.0, 1.0], [1.0, 0.0]


def test_the_share_that_is_right():
    found = Correctness("people").read(
        world([[0.4, 0.6], [0.1, 0.2], [9.0, 0.0], YES, NO, NO], [YES] * 6, replicas=2)
    )
    assert found["share"].tolist() == pytest.approx([2 / 3, 1 / 3])


def test_numbers_are_right_that_round_to_the_target():
    found = Correctness("people", goal="numbers").read(world([[1.4], [2.4]], [[2.0], [2.0]]))
    assert found["share"].tolist() == [0.5]


def test_answers_and_targets_must_be_of_one_size():
    state = {"output": torch.zeros(2, 3), "target": torch.zeros(2, 2)}
    two = World(Draws.of(1), {"people": Population("people", 2, state=state)})
    with pytest.raises(ScenarioError, match="as many numbers for each agent"):
        Correctness("people").read(two)
