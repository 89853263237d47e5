"""Doubts: a gain that may overshoot is said by check, and run all the same."""

from dataclasses import replace

import pytest
import torch

from netware.commands.describe import cost_of
from netware.simulation.build import blueprint
from netware.simulation.construction import world_of
from netware.simulation.doubts import doubts
from tests.simulation.worlds import RING, write


def said(folder, text: str, *changes: str) -> list[str]:
    plan = blueprint(write(folder, text), changes)
    return doubts(plan.plan, world_of(plan))


def test_a_gain_times_degree_above_one_is_said_with_the_gain_that_is_surely_small_enough(
    tmp_path,
) -> None:
    assert said(tmp_path, RING, "rules.agree.gain=0.6") == [
        "rules.agree: gain 0.6 times the largest degree of 'talks', 2, is 1.2: "
        "above 1 it may not converge, up to 0.5 it does"
    ]
    assert said(tmp_path, RING, "rules.agree.gain=0.5") == []


def test_weights_of_edges_count(tmp_path) -> None:
    plan = blueprint(write(tmp_path))
    world = world_of(plan)
    edges = world.edges["talks"]
    heavy = world.with_edges("talks", replace(edges, weight=torch.full((edges.count,), -3.0)))
    assert "times the largest degree of 'talks', 6, is 1.2" in doubts(plan.plan, heavy)[0]


@pytest.mark.parametrize("activation", ["pairs", "sequential", "shuffled"])
def test_where_agents_act_in_turn_nothing_is_said(tmp_path, activation) -> None:
    text = RING + f"activation: {activation}\n"
    assert said(tmp_path, text, "rules.agree.gain=0.6") == []


def test_signed_influence_is_held_to_the_sum_of_its_sizes(tmp_path) -> None:
    rule = "{type: signed_consensus, on: nodes, over: talks, state: x, gain: 0.6}"
    text = RING[: RING.index("  agree:")] + f"  agree: {rule}\n" + RING[RING.index("probes:") :]
    assert "is 1.2" in said(tmp_path, text)[0]


def test_check_says_it_and_finds_no_mistake(tmp_path) -> None:
    text = cost_of(write(tmp_path), ["rules.agree.gain=0.6"])
    assert "# warning  rules.agree: gain 0.6 times" in text and "no mistakes" in text
    assert "# warning" not in cost_of(write(tmp_path), ())
