import pytest
import torch

from netware.draws import Draws
from netware.errors import ShapeError, StateError
from netware.population import Population
from netware.rules.lifecycle.base import must_be_numbers
from netware.world import World


def test_only_one_number_for_each_agent_decides():
    people = Population("people", 3, state={"x": torch.zeros(3), "y": torch.zeros(3, 2)})
    world = World(Draws.of(1), {"people": people})
    must_be_numbers(world, "people", None, "rules.die.of")
    must_be_numbers(world, "people", "x", "rules.die.of")
    with pytest.raises(ShapeError, match="of shape") as caught:
        must_be_numbers(world, "people", "y", "rules.die.of")
    assert "one number for each agent" in str(caught.value)
    with pytest.raises(StateError, match="no column 'z'"):
        must_be_numbers(world, "people", "z", "rules.die.of")
