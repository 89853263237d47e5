import pytest
import torch

from netware.errors import StateError
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.perturbation.state_lesion import StateLesion
from netware.world import World
from tests.rules.learners import world_of


HIT = Acting("hit")


def hit(world: World, **parameters) -> World:
    rule = StateLesion("nets", **parameters)
    return rule.apply(rule.prepare(world, HIT), HIT)


def test_some_agents_lose_a_column_of_state() -> None:
    state = {"x": torch.full((20, 3), 2.0), "y": torch.ones(20)}
    world = world_of(Population("nets", 10, 2, state=state))
    after = hit(world, fraction=0.3, state="x")["nets"]
    assert after.per_replica((after["x"] == 0).all(1)).sum(1).tolist() == [3, 3]
    assert bool((after["y"] == 1).all())


def test_agents_without_the_column_are_refused() -> None:
    world = world_of(Population("nets", 5))
    with pytest.raises(StateError, match="no column 'x'"):
        hit(world, fraction=0.1, state="x")
