"""What check says of time and of sweeps."""

import pytest

from netware.commands.cost import duration, measured, sweep_lines, time_of
from netware.commands.describe import cost_of
from netware.errors import StateError
from netware.running.pace import Pace
from netware.scenario.variants.sweep import extend
from netware.scenario.yaml.load import load
from netware.simulation.build import blueprint
from netware.simulation.estimate import estimate
from tests.simulation.worlds import RING, write


def test_what_is_measured_is_said_to_be_measured_and_on_how_many_steps(tmp_path) -> None:
    plan = blueprint(write(tmp_path))
    cost = estimate(plan.scenario, plan.members)
    pace = Pace(20, 4, 2, {"building": 3.0}, {})
    assert time_of(plan, cost, pace) == (
        "about 3 s for all 20 steps, on cpu; measured on 5 of them"
    )
    stops = blueprint(write(tmp_path, RING + "stop: {when: disagreement < 1e-4}\n"))
    assert "for all 20 steps, unless it stops before, on cpu" in time_of(stops, cost, pace)
    assert time_of(plan, cost, None) == "0.002 s or more, on cpu; not measured"


def test_what_is_too_large_is_not_tried(tmp_path) -> None:
    plan = blueprint(write(tmp_path, RING.replace("[1, -1, 1, -1, 2, 0.5]", "uniform")))
    cost = estimate(plan.scenario, plan.members)
    assert measured(plan, cost) is not None
    large = blueprint(
        tmp_path / "scenario.yaml",
        ["replicas=1000000", "populations.nodes.agents=1000"],
    )
    assert measured(large, estimate(large.scenario, large.members)) is None


def test_a_sweep_is_counted_and_its_costs_added_up(tmp_path) -> None:
    path = write(tmp_path, RING + "sweep: {rules.agree.gain: [0.1, 0.2], steps: [2, 3, 4]}\n")
    lines = sweep_lines(load(path))
    assert lines[0] == "sweep    6 runs, over rules.agree.gain, steps"
    assert "memory at most" in lines[1] and "disk" in lines[1] and "in all" in lines[1]
    assert lines[2].endswith("in all, in one process; measured on 4 of the runs")
    assert "sweep    6 runs" in cost_of(path, ())
    assert sweep_lines(load(write(tmp_path))) == []


def test_a_sweep_on_the_command_line_is_checked_too(tmp_path) -> None:
    path = write(tmp_path)
    assert "sweep    3 runs, over rules.agree.gain" in cost_of(path, ["rules.agree.gain=0.1:0.2:3"])
    assert sweep_lines(extend(load(path), ["steps=1,2"]))[0] == "sweep    2 runs, over steps"


def test_a_run_of_a_sweep_that_fails_at_once_is_named(tmp_path) -> None:
    text = RING.replace("[1, -1, 1, -1, 2, 0.5]", "[1e30, -1e30, 1e30, -1e30, 1, 1]")
    path = write(tmp_path, text)
    document = extend(load(path), ["rules.agree.gain=0.1,1e30"])
    with pytest.raises(StateError, match=r"\(sweep: rules\.agree\.gain=1e\+30\)"):
        sweep_lines(document)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.0123, "0.012 s"), (90.0, "90 s"), (150.0, "2.5 min"), (7200.0, "2 h"), (2e5, "2.31 days")],
)
def test_times_are_written_as_one_reads_them(seconds, said) -> None:
    assert duration(seconds) == said
