"""Many noisy memories that talk recall what a single one cannot, unless all err alike.

The scenario `memory_consensus` is run as it stands, and three times with one parameter changed.
Overlaps are counted here, from the states. Bands are wider than four times the spread over six
seeds.
"""

from pathlib import Path

import pytest
from torch import Tensor

from netware.simulation.build import blueprint
from netware.simulation.construction import world_of
from netware.simulation.schedule import Schedule
from netware.world import World


SCENARIO = Path(__file__).parents[2] / "scenarios" / "memory_consensus.yaml"


def after(*overrides: str) -> World:
    """Returns the world after the last step, four replicas of it."""
    plan = blueprint(SCENARIO, ("replicas=4", *overrides))
    world = world_of(plan)
    for _ in range(plan.scenario.steps):
        world = Schedule(plan.plan).step(world, lambda unchanged: unchanged)
    return world


def recalled(world: World, population: str) -> float:
    """Returns the share of agents of which more than 95 % of the bits are right (m > 0.9)."""
    right: Tensor = world[population]["output"] == world[population]["target"]
    return float((right.float().mean(1) > 0.95).float().mean())


@pytest.mark.t0
@pytest.mark.parametrize("seed", [1, 2])
def test_pop_the_talking_recall_what_one_in_five_does_alone(seed):
    world = after(f"seed={seed}")
    assert recalled(world, "memories") > 0.98
    assert recalled(world, "loners") == pytest.approx(0.21, abs=0.08)
    assert recalled(world, "masters") == pytest.approx(0.92, abs=0.05)


@pytest.mark.t0
def test_pop_the_best_loner_and_the_loners_vote_do_as_well():
    world = after("seed=1")
    s, xi = (world.per_replica(world["loners"][column]) for column in ("output", "target"))
    assert ((s == xi).all(2).any(1)).all(), "some loner is right in every replica"
    vote = (s.mean(1).sign() * xi[:, 0]).mean(1)
    assert (vote > 0.85).all()


@pytest.mark.t0
def test_pop_errors_that_all_share_do_not_cancel():
    world = after("seed=1", "populations.memories.model.learning=hebbian")
    s = world.per_replica(world["memories"]["output"])
    assert (s == s[:, :1]).all(), "all agree"
    assert recalled(world, "memories") < 0.02


@pytest.mark.t0
def test_pop_talk_cannot_find_what_nobody_was_shown():
    assert recalled(after("seed=1", "populations.memories.inputs.corruption=0.5"), "memories") < 0.3


@pytest.mark.t0
def test_pop_without_talk_the_memories_are_loners():
    alone = after("seed=1", "rules.agree.gain=1e-9")
    assert recalled(alone, "memories") == pytest.approx(recalled(alone, "loners"), abs=0.08)
