import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.graphs.topologies.complete import Complete
from netware.population import ALIVE, Population
from netware.relations.composition import Composition
from tests.relations.scenes import Scene, scene


def setting(replicas: int = 1) -> Scene:
    cars = Population("cars", 2, replicas).mortal()
    wheels = Population("wheels", 4, replicas)
    return scene("has", {"cars": cars, "wheels": wheels}, None, Draws.of(1, replicas))


HAS = Composition(("cars", "wheels"))


def made(given: Scene):
    wheels = HAS.with_columns(*given)
    given = given[0].with_population(wheels), given[1]
    return given[0].populations["cars"], wheels, HAS.connect(*given)


@pytest.mark.parametrize("replicas", [1, 2])
def test_parts_die_with_their_whole_and_with_no_other(replicas):
    cars, wheels, edges = made(setting(replicas))
    alive = cars[ALIVE].index_fill(0, torch.tensor([1]), False)
    after = HAS.flow(edges, cars.with_state({ALIVE: alive}), wheels)[ALIVE]
    assert after.tolist() == [True, True, False, False] + [True] * 4 * (replicas - 1)


def test_a_whole_outlives_its_parts():
    cars, wheels, edges = made(setting())
    broken = wheels.with_state({ALIVE: torch.tensor([False, True, True, True])})
    assert HAS.flow(edges, cars, broken)[ALIVE].tolist() == [False, True, True, True]
    assert cars[ALIVE].all()


def test_a_part_of_two_wholes_is_refused():
    with pytest.raises(ScenarioError, match="exactly one whole for each part"):
        Composition(("cars", "wheels"), Complete()).connect(*setting())
