"""Values that change over time: in runs, resumed runs and events, against runs with numbers."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netware.errors import ScenarioError
from netware.varying.base import Moment
from netware.varying.in_time import Cosine, Ramp, Staircase
from tests.simulation.worlds import RING, model


GAIN = "rules.agree.gain="


def moment(step: int) -> Moment:
    return Moment("rules.agree.gain", step, None, None, None, None)


@given(st.floats(-5, 5), st.floats(-5, 5), st.integers(0, 50), st.integers(1, 50))
def test_both_ends_are_reached_and_nothing_lies_outside(first, last, start, length):
    for kind in (Ramp, Cosine):
        varying = kind((first, last), (start, start + length))
        values = [varying.at(moment(step)) for step in range(start + length + 3)]
        assert values[: start + 1] == [first] * (start + 1)
        assert values[-3:] == [last] * 3
        assert all(min(first, last) <= value <= max(first, last) for value in values)


def test_the_middle_of_a_ramp_and_of_a_cosine():
    assert Ramp((0.0, 4.0), (10, 20)).at(moment(15)) == 2.0
    assert Ramp((0.0, 4.0), (10, 20)).at(moment(11)) == pytest.approx(0.4)
    assert Cosine((0.0, 4.0), (10, 20)).at(moment(15)) == pytest.approx(2.0)
    assert Cosine((0.0, 4.0), (0, 3)).at(moment(1)) == pytest.approx(1.0)


def test_a_stair_holds_until_the_next():
    stairs = Staircase(((0, 1.0), (5, 0.1)))
    assert [stairs.at(moment(step)) for step in (0, 4, 5, 99)] == [1.0, 1.0, 0.1, 0.1]


def test_a_run_with_stairs_is_the_run_whose_number_an_event_changes(tmp_path):
    stairs = model(tmp_path, GAIN + "{steps: {0: 0.1, 5: 0.3}}")
    event = "events:\n  - {at: 5, set: {rules.agree.gain: 0.3}}\n"
    changed = model(tmp_path, GAIN + "0.1", text=RING + event)
    for _ in range(12):
        stairs.step()
        changed.step()
        assert torch.equal(stairs.world["nodes"]["x"], changed.world["nodes"]["x"])


def test_an_event_sets_a_ramp_and_takes_it_away(tmp_path):
    events = (
        "events:\n  - {at: 3, set: {rules.agree.gain: {ramp: [0.0, 0.4], steps: [3, 7]}}}\n"
        "  - {at: 5, set: {rules.agree.gain: 0.1}}\n"
    )
    changed = model(tmp_path, text=RING + events)
    stairs = model(tmp_path, GAIN + "{steps: {0: 0.2, 3: 0.0, 4: 0.1}}")
    for _ in range(8):
        changed.step()
        stairs.step()
        assert torch.equal(stairs.world["nodes"]["x"], changed.world["nodes"]["x"])


def test_equal_ends_give_the_bytes_of_the_number(tmp_path):
    number = model(tmp_path, GAIN + "0.2")
    ramp = model(tmp_path, GAIN + "{ramp: [0.2, 0.2], steps: [0, 9]}")
    for _ in range(10):
        number.step()
        ramp.step()
    assert torch.equal(number.world["nodes"]["x"], ramp.world["nodes"]["x"])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{ramp: [0.1, -1], steps: [0, 9]}", r"gain\.ramp\[1\]: S-RANGE -1 is out of range"),
        ("{ramp: [0.1, 1], steps: [9, 9]}", r"gain\.steps: S-RANGE steps from 9 to 9"),
        ("{steps: {3: 1.0}}", r"gain\.steps: S-RANGE values from the steps 3"),
        ("{rmap: [0.1, 1], steps: [0, 9]}", r"gain\.rmap: S-UNKNOWN .*did you mean 'ramp'"),
        ("{ramp: [0.1, 1]}", r"gain\.steps: S-MISSING"),
    ],
)
def test_mistakes_are_refused_at_their_place(tmp_path, written, expected):
    with pytest.raises(ScenarioError, match=expected) as caught:
        model(tmp_path, text=RING.replace("gain: 0.2", f"gain: {written}"))
    assert "scenario.yaml:14:" in str(caught.value)
