"""What an event does at step 0 is not yet seen before the first step."""

from pathlib import Path

import pytest

import netware


CASE = Path(__file__).parent / "cases/18-lesion-at-0-acts-before-step-0/scenario.yaml"


@pytest.mark.parametrize(
    "event",
    [
        "state_lesion, on: p, state: x, fraction: 1.0",
        "state_lesion, on: p, state: x, fraction: 0.5",
    ],
)
def test_a_lesion_at_0_acts_once_in_the_first_step(tmp_path, event) -> None:
    run = netware.run(CASE, [f"events=[{{at: 0, rule: {event}}}]"], out=tmp_path)
    mean = run.metrics[run.metrics["quantity"] == "mean"].set_index("step")["value"]
    found = mean.to_list()
    assert found[:2] == [1, 0 if "1.0" in event else 0.5]
