import pytest
import torch

from netware.draws import Draws
from netware.errors import ShapeError
from netware.population import ALIVE, IDENTITY, Population
from netware.rules.base import Acting
from netware.rules.lifecycle.death import Death
from netware.world import World


ACTING = Acting("die")


def world(agents: int = 1000, replicas: int = 2, **state) -> World:
    people = Population("people", agents, replicas, state=state)
    return World(Draws.of(3, replicas), {"people": people})


def test_so_many_die_as_the_rate_says_and_nobody_comes_back():
    rule = Death("people", rate=0.1)
    now = rule.prepare(world(), ACTING)
    assert now["people"][ALIVE].all()
    for step in range(1, 4):
        after = rule.apply(now, ACTING).advanced()
        assert not (after["people"][ALIVE] & ~now["people"][ALIVE]).any()
        now = after
        expected = 2000 * 0.9**step
        assert abs(int(now["people"][ALIVE].sum()) - expected) < 4 * (expected * 0.3) ** 0.5
    assert torch.equal(now["people"][IDENTITY], now["people"].ids)


def test_without_a_rate_only_want_kills():
    energy = torch.tensor([0.5, -0.1, 0.0, 2.0])
    rule = Death("people", of="energy", below=0.0)
    now = rule.prepare(world(4, 1, energy=energy), ACTING)
    assert rule.apply(now, ACTING)["people"][ALIVE].tolist() == [True, False, True, True]


def test_a_column_of_vectors_is_refused():
    with pytest.raises(ShapeError, match="one number for each agent"):
        Death("people", of="x").prepare(world(4, 1, x=torch.zeros(4, 2)), ACTING)
