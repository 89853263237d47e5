import torch

from netware.draws import Draws
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.perturbation.base import hit_agents, zero_where
from netware.world import World


def test_a_share_of_those_who_are_there_is_hit_in_each_replica() -> None:
    alive = torch.tensor([True] * 10 + [True, False] * 5)
    people = Population("people", 10, 2, state={"alive": alive})
    hit = hit_agents(World(Draws.of(3, 2), {"people": people}), Acting("hit"), "people", 0.4)
    assert people.per_replica(hit).sum(1).tolist() == [4, 2]
    assert not (hit & ~alive).any()


def test_all_numbers_of_those_who_are_hit_are_0() -> None:
    values = torch.ones(3, 2, 4)
    after = zero_where(values, torch.tensor([True, False, True]))
    assert after.sum((1, 2)).tolist() == [0.0, 8.0, 0.0]
    assert bool((values == 1).all())
