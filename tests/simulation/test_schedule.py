"""The order of a step, and the two regimes: all at once, and one after another."""

from dataclasses import dataclass
from typing import ClassVar

import pytest
import torch

from netware.errors import ScenarioError
from netware.rules.base import AbstractRule, Acting, Phase, Reads
from netware.scenario.parts import Cadence
from netware.simulation.plan import Plan, Timed
from netware.simulation.refusals import refuse_activation
from netware.simulation.schedule import Schedule
from netware.world import World
from tests.simulation.worlds import RING, model


@dataclass(frozen=True)
class Times(AbstractRule):
    by: float
    phase: ClassVar[Phase] = "act"

    on: ClassVar[str] = "nodes"  # type: ignore[misc]
    reads: ClassVar[Reads] = "anyone"

    def apply(self, world: World, acting: Acting) -> World:
        return world.with_state("nodes", x=world["nodes"]["x"] * self.by)


@dataclass(frozen=True)
class Plus(AbstractRule):
    phase: ClassVar[Phase] = "learn"

    on: ClassVar[str] = "nodes"  # type: ignore[misc]
    reads: ClassVar[Reads] = "anyone"

    def apply(self, world: World, acting: Acting) -> World:
        return world.with_state("nodes", x=world["nodes"]["x"] + 1)


def unchanged(world: World) -> World:
    return world


def test_phases_come_before_the_order_of_the_scenario(tmp_path) -> None:
    world = model(tmp_path).world
    both = (Timed("plus", Plus()), Timed("times", Times(3.0)))
    stepped = Schedule(Plan(rules=both)).step(world, unchanged)
    assert torch.equal(stepped["nodes"]["x"], world["nodes"]["x"] * 3 + 1)
    assert stepped.step == world.step + 1


def test_a_part_acts_only_when_it_is_due(tmp_path) -> None:
    world = model(tmp_path).world
    schedule = Schedule(Plan(rules=(Timed("plus", Plus(), Cadence(every=3, start=2, until=8)),)))
    for _ in range(12):
        world = schedule.step(world, unchanged)
    assert world["nodes"]["x"][0] == 1 + 3, "at steps 2, 5 and 8"


def test_python_agents_act_after_the_rules_and_before_learning(tmp_path) -> None:
    world = model(tmp_path).world
    both = (Timed("times", Times(3.0)), Timed("plus", Plus()))

    def act(world: World) -> World:
        return world.with_state("nodes", x=world["nodes"]["x"] * 0 + 5)

    assert (Schedule(Plan(rules=both)).step(world, act)["nodes"]["x"] == 6).all()


def test_watch_sees_the_world_after_each_part(tmp_path) -> None:
    ring, seen = model(tmp_path), []
    Schedule(ring.plan).step(ring.world, unchanged, lambda part, world: seen.append(part))
    assert seen == ["rules.agree"]


def test_one_by_one_each_sees_what_those_before_have_done(tmp_path) -> None:
    ring = model(tmp_path, "activation=sequential", "rules.agree.gain=0.5")
    expected = [1.0, -1.0, 1.0, -1.0, 2.0, 0.5]
    for i in range(6):
        expected[i] = (expected[i - 1] + expected[(i + 1) % 6]) / 2
    ring.step()
    assert ring.world["nodes"]["x"].tolist() == pytest.approx(expected + expected)


def test_shuffled_order_changes_from_step_to_step_and_from_replica_to_replica(tmp_path) -> None:
    ring = model(tmp_path, "activation=shuffled", "rules.agree.gain=0.5")
    ring.step()
    first, second = ring.world.per_replica(ring.world["nodes"]["x"])
    assert not torch.equal(first, second)


def test_a_rule_that_cannot_honour_the_order_refuses(tmp_path) -> None:
    rules = (Timed("times", Times(2.0)),)
    world = model(tmp_path).world
    refuse_activation(rules[0], Plan(rules=rules, activation="by_population"), world)
    with pytest.raises(ScenarioError, match="cannot honour"):
        refuse_activation(rules[0], Plan(rules=rules, activation="shuffled"), world)


WEIGHTS = """
netware: 1
name: weights
seed: 88
steps: 30
populations:
  p: {agents: 9, model: {type: multilayer, inputs: 3, outputs: 2}}
relations:
  t: {type: association, between: [p, p], topology: {type: complete}}
rules:
  a: {type: weight_consensus, on: p, over: t, gain: 0.1}
"""


@pytest.mark.parametrize("activation", ["sequential", "shuffled", "pairs"])
def test_the_order_holds_for_rules_that_change_weights_too(tmp_path, activation) -> None:
    at_once, made = (
        model(tmp_path, f"activation={order}", text=WEIGHTS)
        for order in ("synchronous", activation)
    )
    start = made.world
    at_once.step()
    made.step()
    w = made.world["p"].weights["w1"]
    assert not torch.equal(w, at_once.world["p"].weights["w1"])
    if activation == "sequential":
        expected = start["p"].weights["w1"].clone()
        for agent in range(9):
            expected[agent] += 0.1 * (expected - expected[agent]).sum(0)
        torch.testing.assert_close(w, expected)


def test_a_rule_of_another_phase_that_cannot_honour_the_order_is_refused(tmp_path) -> None:
    text = WEIGHTS.replace(
        "{type: weight_consensus, on: p, over: t, gain: 0.1}",
        "{type: random_rewiring, on: p, over: t, rate: 0.5}",
    )
    with pytest.raises(ScenarioError, match="which this rule cannot honour"):
        model(tmp_path, "activation=shuffled", text=text)


def test_set_events_change_parameters_from_their_step_on(tmp_path) -> None:
    text = RING + "events:\n  - {at: 2, set: {rules.agree.gain: 0.4}}\n"
    ring = model(tmp_path, text=text)
    gains = []
    for _ in range(4):
        gains.append(ring.plan.rules[0].part.gain)
        ring.step()
    assert gains == [0.2, 0.2, 0.4, 0.4]


def test_rule_events_happen_at_their_step_alone(tmp_path) -> None:
    event = "{at: 1, rule: average_consensus, on: nodes, over: talks, state: y, gain: 0.1}"
    ring = model(tmp_path, text=RING + f"events:\n  - {event}\n")
    start = ring.world["nodes"]["y"]
    ring.step()
    assert torch.equal(ring.world["nodes"]["y"], start)
    ring.step()
    moved = ring.world["nodes"]["y"]
    assert not torch.equal(moved, start)
    ring.step()
    assert torch.equal(ring.world["nodes"]["y"], moved)


def test_the_input_world_is_not_touched(tmp_path) -> None:
    ring = model(tmp_path)
    world = ring.world
    before = world["nodes"]["x"].clone()
    Schedule(ring.plan).step(world, unchanged)
    assert torch.equal(world["nodes"]["x"], before)
