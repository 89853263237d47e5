import torch

from netware.draws import Draws
from netware.population import Population
from netware.probes.time_to_consensus import TimeToConsensus
from netware.rules.base import Turn
from netware.rules.consensus.agreement_clock import AgreementClock
from netware.world import World


CLOCK, TURN = AgreementClock("people", "x", 0.1), Turn("clock")


def test_it_notes_when_each_replica_agreed_and_starts_anew_when_it_parts():
    people = Population("people", 2, 2, state={"x": torch.zeros(4)})
    world = CLOCK.prepare(World(Draws.of(1, 2), {"people": people}, dt=0.5), TURN)
    # The first replica agrees in step 2, parts in step 4 and agrees again; the second never does.
    found = []
    for apart in (1.0, 0.1, 0.0, 0.5, 0.05, 0.02):
        x = torch.tensor([apart, -apart, 1.0, -1.0])
        world = CLOCK.apply(world.with_state("people", x=x), TURN).advanced()
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
    world = CLOCK.prepare(World(Draws.of(1), {"people": people}), TURN)
    assert CLOCK.apply(world, TURN)["people"]["agreed_since"].tolist() == [-1, -1]
