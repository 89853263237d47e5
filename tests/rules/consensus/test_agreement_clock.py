import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError, ShapeError
from netware.models.multilayer import Multilayer
from netware.models.wrappers.steered import Steered
from netware.population import ALIVE, Population
from netware.probes.consensus.time_to_consensus import TimeToConsensus
from netware.rules.base import Acting
from netware.rules.consensus.agreement_clock import AgreementClock
from netware.world import World


CLOCK, ACTING = AgreementClock("people", "x", 0.1), Acting("clock")


def test_it_notes_when_each_replica_agreed_and_starts_anew_when_it_parts():
    people = Population("people", 2, 2, state={"x": torch.tensor([1.0, -1.0, 1.0, -1.0])})
    world = CLOCK.prepare(World(Draws.of(1, 2), {"people": people}, dt=0.5), ACTING)
    # The first replica agrees in step 2, parts in step 4 and agrees again; the second never does.
    found = []
    for apart in (1.0, 0.1, 0.0, 0.5, 0.05, 0.02):
        x = torch.tensor([apart, -apart, 1.0, -1.0])
        world = CLOCK.apply(world.with_state("people", x=x), ACTING).advanced()
        found.append(TimeToConsensus("people").read(world))
    times = [float(one["time"][0]) for one in found]
    assert times[0] != times[0] and times[3] != times[3]
    assert [times[k] for k in (1, 2, 4, 5)] == [1.0, 1.0, 2.5, 2.5]
    assert [one["agreed"].tolist() for one in found] == [
        [float(k in (1, 2, 4, 5)), 0.0] for k in range(6)
    ]
    assert all(float(one["time"][1]) != float(one["time"][1]) for one in found)


def test_the_greatest_of_several_numbers_counts():
    people = Population("people", 2, 1, state={"x": torch.tensor([[0.0, 1.0], [0.0, -1.0]])})
    world = CLOCK.prepare(World(Draws.of(1), {"people": people}), ACTING)
    assert CLOCK.apply(world, ACTING)["people"]["agreed_since"].tolist() == [-1, -1]


def test_time_0_counts():
    people = Population("people", 2, 2, state={"x": torch.tensor([0.0, 0.1, 0.0, 1.0])})
    world = CLOCK.prepare(World(Draws.of(1, 2), {"people": people}), ACTING)
    assert world["people"]["agreed_since"].tolist() == [0, 0, -1, -1]
    assert CLOCK.apply(world, ACTING)["people"]["agreed_since"].tolist() == [0, 0, -1, -1]


def test_the_living_count_and_nobody_has_no_time():
    state = {"x": torch.tensor([1.0, 9.0, 1.0, 0.0, 3.0, 3.0])}
    people = Population("people", 3, 2, state=state).mortal()
    alive = torch.tensor([True, False, True, False, False, False])
    people = people.with_state({ALIVE: alive})
    world = CLOCK.prepare(World(Draws.of(1, 2), {"people": people}), ACTING)
    assert world["people"]["agreed_since"].tolist() == [0, 0, 0, -1, -1, -1]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_given_column_keeps_its_type_and_its_own_is_exact(dtype):
    state = {"x": torch.zeros(2, dtype=dtype), "since": torch.zeros(2, dtype=dtype)}
    world = World(Draws.of(1), {"people": Population("people", 2, state=state, dtype=dtype)})
    given = AgreementClock("people", "x", 0.1, "since")
    world = given.apply(given.prepare(world, ACTING), ACTING)
    assert world["people"]["since"].dtype == dtype
    own = CLOCK.prepare(world, ACTING)["people"]["agreed_since"]
    assert own.dtype == torch.float64


def test_columns_that_cannot_hold_a_time_are_refused():
    state = {"x": torch.zeros(2), "wide": torch.zeros(2, 3)}
    world = World(Draws.of(1), {"people": Population("people", 2, state=state)})
    with pytest.raises(ShapeError, match="one real number for each agent, a time"):
        AgreementClock("people", "x", 0.1, "wide").prepare(world, ACTING)
    with pytest.raises(ScenarioError, match="a column of its own for the time"):
        AgreementClock("people", "x", 0.1, "x").prepare(world, ACTING)


def test_a_column_that_a_model_reads_is_of_its_type():
    model = Steered(Multilayer(3, 2, (4,)))
    people = Population("people", 2, model=model, state={"x": torch.zeros(2)})
    world = World(Draws.of(1), {"people": people})
    world = AgreementClock("people", "x", 0.1, "strength").prepare(world, ACTING)
    assert world["people"]["strength"].dtype == torch.float32
