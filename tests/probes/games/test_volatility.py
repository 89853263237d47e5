import numpy as np
import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.population import Population
from netware.probes.games.volatility import Volatility
from netware.rules.base import Acting
from netware.rules.games.minority_game import MinorityGame
from netware.world import World


def test_it_is_the_variance_of_the_sides_that_agents_took():
    world = World(Draws.of(3, 2), {"people": Population("people", 21, 2)})
    rule, acting, found = MinorityGame("people", 3), Acting("play"), []
    world = rule.prepare(world, acting)
    for _ in range(60):
        world = rule.apply(world, acting).advanced()
        found.append(world["people"].per_replica(world["people"]["choice"]).sum(1).tolist())
    read = Volatility("people").read(world)
    attendance = np.array(found)
    assert read["volatility"].tolist() == pytest.approx(list(attendance.var(0) / 21))
    assert read["bias"].tolist() == pytest.approx(list(attendance.mean(0) / 21))


def test_before_the_second_round_there_is_no_number():
    world = World(Draws.of(3), {"people": Population("people", 5)})
    rule = MinorityGame("people", 3)
    for steps in range(2):
        world = rule.prepare(world, Acting("play"))
        for _ in range(steps):
            world = rule.apply(world, Acting("play")).advanced()
        assert Volatility("people").read(world)["volatility"].isnan().all()


def test_another_column_is_refused():
    people = Population("people", 2, state={"x": torch.ones(2)})
    with pytest.raises(ScenarioError, match=r"expected: shape \(3,\) for each agent"):
        Volatility("people", "x").read(World(Draws.of(1), {"people": people}))
