import numpy as np
import pytest

from tests.simulation.worlds import RING, model


CLOCKED = RING.replace(
    "probes:",
    "  clock: {type: agreement_clock, on: nodes, state: x, tolerance: 0.01}\nprobes:\n"
    "  time: {type: time_to_consensus, on: nodes}",
)


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
