"""The clock counts time 0, and what it says does not hang on the order of the rules."""

from pathlib import Path

import pytest

from netware import NetwareModel


CASE = Path(__file__).parent / "cases/16-clock-off-by-one-step/scenario.yaml"
AGREE = "agree: {type: average_consensus, on: p, over: g, state: x, gain: 0.5}"
PAIR = [
    "populations.p={agents: 2, state: {x: [0, 1]}}",
    "relations={g: {type: association, between: [p, p], topology: {type: complete}}}",
    f"rules={{{AGREE}}}",
    "probes.t.tolerance=0.01",
]


def test_all_agree_from_the_beginning():
    model = NetwareModel(CASE)
    assert model.reading("t", "time") == 0
    for _ in range(5):
        model.step()
        assert model.reading("t", "time") == 0 and model.reading("t", "agreed") == 1


@pytest.mark.parametrize("activation", ["synchronous", "by_population"])
def test_two_that_agree_at_time_1_read_1(activation):
    model = NetwareModel(CASE, [*PAIR, f"activation={activation}"])
    assert model.reading("t", "agreed") == 0
    for _ in range(3):
        model.step()
        assert model.reading("t", "time") == 1


def test_the_living_alone_count():
    """The room is full of other values, and nobody is there."""
    model = NetwareModel(CASE, ["populations.p={agents: 3, capacity: 9, state: {x: [1, 1, 1]}}"])
    for _ in range(2):
        model.step()
        assert model.reading("t", "time") == 0


def test_it_looks_at_time_0_when_all_rules_have_prepared():
    """Spins become their signs before the first step."""
    spins = "populations={p: {agents: 4, state: {x: [0.2, 0.4, 0.6, 0.8]}}}"
    ring = "relations={r: {type: association, between: [p, p], topology: {type: ring, k: 2}}}"
    heat = "rules={heat: {type: ising, on: p, over: r, state: x, temperature: 0.01}}"
    model = NetwareModel(CASE, [spins, ring, heat], seed=1)
    assert model.reading("t", "time") == 0
