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
from tests.probes.histories import read_each, steps_of


def test_it_is_the_variance_of_the_sides_that_agents_took():
    world = World(Draws.of(3, 2), {"people": Population("people", 21, 2)})
    rule, acting, found = MinorityGame("people", 3), Acting("play"), []
    worlds = [rule.prepare(world, acting)]
    for _ in range(60):
        worlds.append(rule.apply(worlds[-1], acting).advanced())
        people = worlds[-1]["people"]
        found.append(people.per_replica(people["choice"]).sum(1).tolist())
    for warmup in (0, 20):
        read = read_each(Volatility("people", warmup=warmup), worlds)[-1]
        attendance = np.array(found[warmup:])
        assert read["volatility"].tolist() == pytest.approx(list(attendance.var(0) / 21))
        assert read["bias"].tolist() == pytest.approx(list(attendance.mean(0) / 21))


def test_before_the_second_round_there_is_no_number():
    people = Population("people", 5, state={"choice": torch.ones(5)})
    worlds = steps_of(World(Draws.of(3), {"people": people}), "people", "choice", torch.ones(3, 5))
    found = [one["volatility"].item() for one in read_each(Volatility("people"), worlds)]
    assert found[0] != found[0] and found[1] != found[1] and found[2] == 0


def test_another_column_is_refused():
    people = Population("people", 2, state={"x": torch.ones(2, 3)})
    with pytest.raises(ScenarioError, match=r"expected: shape \(\) for each agent"):
        Volatility("people", "x").begin(World(Draws.of(1), {"people": people}))
