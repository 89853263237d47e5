import torch

from netware.draws import Draws
from netware.population import ALIVE, IDENTITY, Population
from netware.probes.lifecycle.headcount import Headcount
from netware.simulation.sight import seen
from netware.world import World


def test_it_counts_the_living_and_the_initial_among_them():
    people = Population("people", 4, 2, empty_slots=1).mortal()
    alive = torch.tensor([1, 0, 1, 1, 0, 0, 0, 1]).bool()
    people = people.with_state({ALIVE: alive, IDENTITY: torch.tensor([0, 1, 2, 3, 4, 1, 2, 7])})
    world = World(Draws.of(1, 2), {"people": people})
    for found in (Headcount("people").read(world), seen(Headcount("people"), world)):
        assert found["living"].tolist() == [3, 1]
        assert found["initial"].tolist() == [2, 0]
        assert found["last"].tolist() == [3, 7]


def test_nobody_left_is_zero_and_not_missing():
    people = Population("people", 3).mortal()
    people = people.with_state({ALIVE: torch.zeros(3, dtype=torch.bool)})
    found = seen(Headcount("people"), World(Draws.of(1), {"people": people}))
    assert found["living"].tolist() == [0]


def test_where_nobody_can_die_all_are_there():
    world = World(Draws.of(1), {"people": Population("people", 5)})
    assert Headcount("people").read(world)["living"].tolist() == [5]
