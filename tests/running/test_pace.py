"""Pace: the arithmetic from a few steps to all; how fast this machine is, no test asks."""

import pytest

from netware.running.pace import Pace, pace_of, times_due
from netware.scenario.parts import Cadence
from netware.simulation.build import blueprint
from tests.simulation.worlds import RING, write


CADENCES = [
    Cadence(),
    Cadence(every=7),
    Cadence(every=3, start=5, until=40),
    Cadence(start=60, until=50),
    Cadence(at=(0, 3, 80)),
    Cadence(start=1, until=0),
]


@pytest.mark.parametrize("cadence", CADENCES)
@pytest.mark.parametrize("steps", [0, 1, 2, 41, 100])
def test_how_often_something_is_due_is_what_counting_says(cadence, steps) -> None:
    assert times_due(cadence, steps) == sum(cadence.due(step) for step in range(steps))


def test_each_part_counts_as_often_as_it_is_due() -> None:
    pace = Pace(
        steps=101,
        timed=10,
        checkpoints=3,
        first={"building": 2.0, "writing": 0.5, "rules.often": 1.0, "rules.rare": 4.0},
        later={"rules.often": 1.0, "rules.fifth": 0.4},
        cadences={"rules.rare": Cadence(every=50), "rules.fifth": Cadence(every=5)},
    )
    often = 1.0 + 1.0 / 10 * 100
    rare = 4.0 * 3
    fifth = 0.4 / 2 * 20
    assert pace.seconds == pytest.approx(2.0 + 0.5 * 3 + often + rare + fifth)


def test_a_scenario_is_tried_as_it_would_run_and_leaves_nothing(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = RING + "record: {checkpoint: 8, panel: 2}\n"
    pace, world = pace_of(blueprint(write(tmp_path, text)), budget=60.0)
    assert pace.steps == 20 and pace.timed == 19, "20 steps are fewer than are enough"
    assert pace.checkpoints == 4, "the beginning, steps 8 and 16, and the end"
    assert {"building", "writing", "rules.agree", "probes.disagreement"} <= set(pace.first)
    assert {"rules.agree", "probes.disagreement"} <= set(pace.later)
    assert world.step == 0 and world.edges["talks"].count == 24
    assert [path.name for path in tmp_path.iterdir()] == ["scenario.yaml"]


def test_no_more_steps_are_taken_than_the_budget_has_room_for(tmp_path) -> None:
    plan = blueprint(write(tmp_path, RING), ["steps=1000000"])
    pace, _ = pace_of(plan, budget=0.0)
    assert pace.timed == 0 and pace.seconds > 0
