"""The clock counts time 0, and does not mind where it stands among the rules."""

from pathlib import Path

import pytest
import torch

from netware import NetwareModel


CASE = Path(__file__).parent / "cases/16-clock-off-by-one-step/scenario.yaml"
CLOCK = "clock: {type: agreement_clock, on: p, state: x, tolerance: 0.01}"
AGREE = "agree: {type: average_consensus, on: p, over: g, state: x, gain: 0.5}"
PAIR = [
    "populations.p={agents: 2, state: {x: [0, 1]}}",
    "relations={g: {type: association, between: [p, p], topology: {type: complete}}}",
]


def test_all_agree_from_the_beginning():
    model = NetwareModel(CASE)
    assert model.reading("t", "time") == 0
    for _ in range(5):
        model.step()
        assert model.reading("t", "time") == 0 and model.reading("t", "agreed") == 1


@pytest.mark.parametrize("rules", [f"{AGREE}, {CLOCK}", f"{CLOCK}, {AGREE}"])
@pytest.mark.parametrize("activation", ["synchronous", "by_population"])
def test_two_that_agree_at_time_1_read_1_in_either_order(rules, activation):
    model = NetwareModel(CASE, [*PAIR, f"rules={{{rules}}}", f"activation={activation}"])
    assert model.reading("t", "agreed") == 0
    for _ in range(3):
        model.step()
        assert model.reading("t", "time") == 1
        assert model.world["p"]["agreed_since"].tolist() == [1, 1]


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_a_column_that_is_given_keeps_its_type(precision):
    model = NetwareModel(
        CASE,
        [
            "populations.p.state={x: 1, since: zeros}",
            "rules.clock={type: agreement_clock, on: p, state: x, into: since}",
            "probes.t.state=since",
            f"precision={precision}",
        ],
    )
    model.step()
    assert model.world["p"]["since"].dtype == getattr(torch, precision)
    assert model.reading("t", "time") == 0


def test_the_living_alone_count():
    """The room is full of other values, and nobody is there."""
    model = NetwareModel(CASE, ["populations.p={agents: 3, room: 9, state: {x: [1, 1, 1]}}"])
    for _ in range(2):
        model.step()
        assert model.reading("t", "time") == 0


def test_it_looks_at_time_0_when_all_others_have_prepared():
    """Spins become their signs before the first step, whatever stands first in the file."""
    spins = "populations={p: {agents: 4, state: {x: [0.2, 0.4, 0.6, 0.8]}}}"
    ring = "relations={r: {type: association, between: [p, p], topology: {type: ring, k: 2}}}"
    clock = "clock: {type: agreement_clock, on: p, state: x}"
    heat = "heat: {type: ising, on: p, over: r, state: x, temperature: 0.01}"
    for rules in (f"{clock}, {heat}", f"{heat}, {clock}"):
        model = NetwareModel(CASE, [spins, ring, f"rules={{{rules}}}"], seed=1)
        assert model.reading("t", "time") == 0
