import numpy as np
import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.population import Population
from netware.probes.consensus.time_to_consensus import TimeToConsensus
from netware.world import World
from tests.probes.histories import read_each, steps_of
from tests.simulation.worlds import RING, model


CLOCKED = RING.replace(
    "probes:", "probes:\n  time: {type: time_to_consensus, on: nodes, state: x, tolerance: 0.01}"
)
PROBE = TimeToConsensus("people", "x", 0.1)


def test_the_time_is_what_the_second_eigenvalue_says(tmp_path) -> None:
    """On a ring of 6 with gain .2 the slowest part falls by 1 - .2 (2 - 2 cos 60) a step."""
    ring = model(tmp_path, "steps=200", text=CLOCKED)
    x = np.array([1, -1, 1, -1, 2, 0.5])
    laplacian = 2 * np.eye(6) - np.roll(np.eye(6), 1, 0) - np.roll(np.eye(6), -1, 0)
    expected = 0
    while np.abs(x - x.mean()).max() > 0.01:
        x, expected = x - 0.2 * laplacian @ x, expected + 1
    assert expected > 10
    for step in range(60):
        ring.step()
        reading = ring.reading("time", "time")
        assert (reading != reading) == (step + 1 < expected)
    assert ring.reading("time", "time") == pytest.approx(expected)
    assert ring.reading("time", "agreed") == 1


def test_it_is_when_each_replica_agreed_and_is_set_back_when_it_parts() -> None:
    world = World(Draws.of(1, 2), {"people": Population("people", 2, 2)}, dt=0.5)
    # The first replica agrees in step 2, parts in step 4 and agrees again; the second never does.
    values = [[a, -a, 1.0, -1.0] for a in (1.0, 1.0, 0.1, 0.0, 0.5, 0.05, 0.02)]
    found = read_each(PROBE, steps_of(world, "people", "x", values))
    times = [float(one["time"][0]) for one in found]
    assert all(times[k] != times[k] for k in (0, 1, 4))
    assert [times[k] for k in (2, 3, 5, 6)] == [1.0, 1.0, 2.5, 2.5]
    assert [one["agreed"].tolist() for one in found] == [
        [float(k in (2, 3, 5, 6)), 0.0] for k in range(7)
    ]
    assert all(float(one["time"][1]) != float(one["time"][1]) for one in found)


def test_the_greatest_of_several_numbers_counts() -> None:
    world = World(Draws.of(1), {"people": Population("people", 2)})
    apart, near = [[0.0, 1.0], [0.0, -1.0]], [[0.0, 0.1], [0.0, 0.0]]
    found = read_each(PROBE, steps_of(world, "people", "x", [apart, near]))
    assert found[0]["agreed"].tolist() == [0] and found[1]["time"].tolist() == [1]


def test_time_0_counts() -> None:
    world = World(Draws.of(1, 2), {"people": Population("people", 2, 2)})
    found = read_each(PROBE, steps_of(world, "people", "x", [[0.0, 0.1, 0.0, 1.0]] * 2))
    for one in found:
        assert one["time"][0] == 0 and one["time"][1].isnan() and one["agreed"].tolist() == [1, 0]


def test_whole_numbers_are_refused() -> None:
    people = Population("people", 2, state={"x": torch.ones(2, dtype=torch.int64)})
    with pytest.raises(ScenarioError, match="whole numbers or yes and no"):
        PROBE.begin(World(Draws.of(1), {"people": people}))
