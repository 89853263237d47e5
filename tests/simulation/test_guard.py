"""A number that is not finite is caught in its step, with the part and the agents named."""

from dataclasses import dataclass
from typing import ClassVar

import pytest
import torch

from netware.errors import StateError
from netware.rules.base import AbstractRule, Acting, Reads
from netware.simulation.guard import Guard, Step
from netware.simulation.plan import Plan, Timed
from netware.simulation.schedule import Schedule, Watch, unwatched
from netware.world import World
from tests.simulation.test_schedule import Times, unchanged
from tests.simulation.worlds import model


@dataclass(frozen=True)
class Spoil(AbstractRule):
    at: int

    on: ClassVar[str] = "nodes"  # type: ignore[misc]
    reads: ClassVar[Reads] = "anyone"

    def apply(self, world: World, acting: Acting) -> World:
        x = world["nodes"]["x"].clone()
        if world.step == self.at:
            x[[2, 7]] = torch.nan
        return world.with_state("nodes", x=x)


def stepping(schedule: Schedule) -> Step:
    def step(world: World, watch: Watch = unwatched) -> World:
        return schedule.step(world, unchanged, watch)

    return step


def test_it_names_step_rule_variable_and_agents(tmp_path) -> None:
    ring = model(tmp_path)
    ring.step()
    rules = (Timed("times", Times(1.0)), Timed("spoil", Spoil(1)), Timed("last", Times(1.0)))
    step = stepping(Schedule(Plan(rules=rules)))
    world = step(ring.world, unwatched)
    with pytest.raises(StateError) as caught:
        Guard(ring.world).check(world, step)
    text = str(caught.value)
    assert "step 1: rules.spoil" in text
    assert (
        "populations.nodes.x is not finite in 2 of 12 agents: 2 (replica 0), 1 (replica 1)" in text
    )
    assert "fix: take a smaller gain" in text


def test_checks_that_are_steps_apart_still_name_the_step(tmp_path) -> None:
    ring = model(tmp_path)
    step = stepping(Schedule(Plan(rules=(Timed("spoil", Spoil(3)),))))
    world, guard = ring.world, Guard(ring.world, every=8)
    with pytest.raises(StateError, match=r"step 3: rules\.spoil"):
        for _ in range(9):
            world = step(world, unwatched)
            guard = guard.check(world, step)
    assert world.step == 8


def test_it_is_silent_about_large_but_finite_numbers(tmp_path) -> None:
    ring = model(tmp_path)
    huge = ring.world.with_state("nodes", x=torch.full((12,), 3e38))
    assert Guard(ring.world).insist(huge, ring.stepped).good is huge


def test_a_diverging_scenario_stops_with_the_message(tmp_path) -> None:
    ring = model(tmp_path, "rules.agree.gain=1e10", "steps=100")
    with pytest.raises(StateError, match=r"rules\.agree"):
        for _ in range(100):
            ring.step()


GROWING = """
netware: 1
name: growing
seed: 2
steps: 20
populations: {a: {agents: 6, state: {x: normal}}}
relations: {r: {type: association, between: [a, a], topology: {type: complete}}}
rules: {agree: {type: average_consensus, on: a, over: r, state: x, gain: FIRST}}
events: [{at: 4, set: {rules.agree.gain: THEN}}]
"""


@pytest.mark.parametrize("first, then, step", [("1.0e20", "0.1", 1), ("0.1", "1.0e20", 5)])
@pytest.mark.parametrize("every", [1, 3, 10])
def test_checks_apart_replay_with_the_rules_of_each_step(tmp_path, first, then, step, every):
    text = GROWING.replace("FIRST", first).replace("THEN", then)
    made = model(tmp_path, text=text)
    made._guard = Guard(made.world, every)
    with pytest.raises(StateError, match=rf"^step {step}: rules\.agree"):
        for _ in range(20):
            made.step()


def test_what_was_written_between_steps_is_blamed_on_nobody_else(tmp_path) -> None:
    ring = model(tmp_path)
    ring.agents[0].x = float("nan")
    with pytest.raises(StateError, match="written between the steps"):
        ring.insist_finite()
