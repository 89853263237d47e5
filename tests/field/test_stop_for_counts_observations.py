"""`stop: for` counts observations: steps at which something that the condition names was read."""

from pathlib import Path

import pytest

import netware


CASE = Path(__file__).parent / "cases/11-stop-for-counts-steps/scenario.yaml"


@pytest.mark.parametrize(
    ("every", "needed", "last"), [(10, 3, 30), (10, 1, 10), (1, 3, None), (4, 2, None)]
)
def test_the_run_ends_at_the_last_of_as_many_observations_in_a_row(
    tmp_path, every, needed, last
) -> None:
    changes = [f"probes.s.every={every}", f"stop.for={needed}"]
    run = netware.run(CASE, changes, out=tmp_path)
    read = run.metrics.query("quantity == 'disagreement'").sort_values("step")
    held, steps = 0, []
    for step, value in zip(read["step"], read["value"], strict=True):
        held = held + 1 if value < 0.2 else 0
        steps += [step] if held >= needed else []
    assert run.status["step"] == steps[0]
    assert last is None or steps[0] == last


def test_a_condition_of_two_probes_is_looked_at_when_either_is_read(tmp_path) -> None:
    changes = [
        "probes.o={type: polarisation, on: p, state: x, every: 4}",
        "stop={when: s < 0.2 and o < 100, for: 4}",
    ]
    run = netware.run(CASE, changes, out=tmp_path)
    # s is read at 0, 10, 20, 30 and o at 0, 4, 8, 12: both hold from step 10 on.
    assert run.status["step"] == 20


def test_a_run_that_was_stopped_goes_on_counting(tmp_path) -> None:
    from netware.running.run import begin, resume
    from netware.simulation.build import blueprint

    whole = begin(blueprint(CASE, ["record.checkpoint=1"]), tmp_path, quiet=True)
    cut = begin(blueprint(CASE, ["record.checkpoint=1", "steps=25"]), tmp_path, quiet=True)
    resolved = cut.path / "resolved.yaml"
    assert whole.step == 30 and cut.step == 25 and "steps: 25" in resolved.read_text()
    assert resume(whole.path, quiet=True).step == 30
