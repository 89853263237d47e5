"""Stopping: what counts as an observation, and for how long a condition must hold."""

import torch

from netware.draws import Draws
from netware.population import Population
from netware.probes.consensus.disagreement import Disagreement
from netware.scenario import stop_condition
from netware.scenario.parts import Cadence
from netware.simulation.plan import Plan, Timed
from netware.simulation.sight import Sight
from netware.simulation.stopping import StopCounter
from netware.world import World


PROBE = Disagreement("people", "x")
PLAN = Plan(probes=(Timed("gap", PROBE, Cadence(every=2)), Timed("other", PROBE)))


def seen(step: int, gap: float) -> Sight:
    people = Population("people", 2, state={"x": torch.tensor([0.0, gap])})
    return Sight(World(Draws.of(1), {"people": people}, step=step))


def counter(when: str, needed: int = 1) -> StopCounter:
    return StopCounter(stop_condition.read(when), needed)


def test_without_a_condition_nothing_is_met():
    none = StopCounter(None)
    none.observe(seen(0, 0.0), PLAN)
    assert not none.met and none.values == {}


def test_a_step_at_which_its_probe_is_not_due_is_no_observation():
    stop, lengths = counter("gap < 1", 2), []
    for step in range(5):
        stop.observe(seen(step, 0.5), PLAN)
        lengths.append((stop.length, stop.met))
    assert lengths == [(1, False), (1, False), (2, True), (2, True), (3, True)]


def test_one_observation_against_it_begins_the_count_again():
    stop = counter("gap < 1", 2)
    for step, gap in ((0, 0.5), (2, 5.0), (4, 0.5)):
        stop.observe(seen(step, gap), PLAN)
    assert stop.length == 1 and not stop.met


def test_it_knows_what_each_probe_said_last():
    stop = counter("gap < 1 and other.disagreement > 2")
    stop.observe(seen(0, 0.1), PLAN)
    stop.observe(seen(1, 9.0), PLAN)
    assert stop.met and stop.values["gap"] < 1 < 2 < stop.values["other.disagreement"]
