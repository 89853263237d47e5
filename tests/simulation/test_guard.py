"""A number that is not finite is caught in its step, with the part and the agents named."""

from dataclasses import dataclass

import pytest
import torch

from netware.errors import StateError
from netware.rules.base import AbstractRule, Turn
from netware.simulation.guard import Guard
from netware.simulation.schedule import Schedule, Timed
from netware.world import World
from tests.simulation.test_schedule import Times, unchanged
from tests.simulation.worlds import model


@dataclass(frozen=True)
class Spoil(AbstractRule):
    at: int

    def population(self) -> str:
        return "nodes"

    def apply(self, world: World, turn: Turn) -> World:
        x = world["nodes"]["x"].clone()
        if world.step == self.at:
            x[[2, 7]] = torch.nan
        return world.with_state("nodes", x=x)


def test_it_names_step_rule_variable_and_agents(tmp_path) -> None:
    ring = model(tmp_path)
    ring.step()
    rules = (Timed("times", Times(1.0)), Timed("spoil", Spoil(1)), Timed("last", Times(1.0)))
    ring.schedule = Schedule(rules=rules)
    world = ring.schedule.step(ring.world, unchanged)
    with pytest.raises(StateError) as caught:
        Guard(ring.world).check(world, ring.schedule, unchanged)
    text = str(caught.value)
    assert "step 1: rules.spoil" in text
    assert (
        "populations.nodes.x is not finite in 2 of 12 agents: 2 (replica 0), 1 (replica 1)" in text
    )
    assert "fix: take a smaller gain" in text


def test_checks_that_are_steps_apart_still_name_the_step(tmp_path) -> None:
    ring = model(tmp_path)
    schedule = Schedule(rules=(Timed("spoil", Spoil(3)),))
    world, guard = ring.world, Guard(ring.world, every=8)
    with pytest.raises(StateError, match=r"step 3: rules\.spoil"):
        for _ in range(9):
            world = schedule.step(world, unchanged)
            guard = guard.check(world, schedule, unchanged)
    assert world.step == 8


def test_it_is_silent_about_large_but_finite_numbers(tmp_path) -> None:
    ring = model(tmp_path)
    huge = ring.world.with_state("nodes", x=torch.full((12,), 3e38))
    assert Guard(ring.world).insist(huge, ring.schedule, unchanged).good is huge


def test_a_diverging_scenario_stops_with_the_message(tmp_path) -> None:
    ring = model(tmp_path, "rules.agree.gain=1e10", "steps=100")
    with pytest.raises(StateError, match=r"rules\.agree"):
        for _ in range(100):
            ring.step()
