"""Threshold units: one avalanche against a loop over units, drives, and the count of sizes."""

import numpy as np
import pytest
import torch

from netware.draws import Draws, Purpose
from netware.errors import ShapeError
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.criticality.threshold_avalanche import ThresholdAvalanche
from netware.world import World


ACTING = Acting("drive")


def units(agents: int, replicas: int = 1, state=None, seed: int = 1) -> World:
    them = Population("units", agents, replicas, state=state or {}, dtype=torch.float64)
    return World(Draws.of(seed, replicas), {"units": them})


def by_hand(u: np.ndarray, sites: np.ndarray, rule: ThresholdAvalanche) -> tuple[np.ndarray, int]:
    """Drives and fires, unit by unit, from the words of the paper."""
    u, size = u.copy(), 0
    for site in sites:
        u[site] += rule.drive
        if u[site] >= 1:
            break
    while (u >= 1).any():
        fires = u >= 1
        u = u - fires + rule.alpha / len(u) * fires.sum()
        size += int(fires.sum())
    return u, size


def test_every_step_is_the_avalanche_by_hand():
    rule = ThresholdAvalanche("units", 0.9, drives=20)
    world = rule.prepare(units(30, replicas=3), ACTING)
    counts = np.zeros((3, 30), dtype=int)
    for step in range(60):
        stream = world.draws.stream(Purpose.RULE, "drive/site", 1, step)
        sites = stream.integers(30, (20,)).view(3, 20).numpy()
        before = world["units"]["potential"].view(3, 30).numpy()
        world = rule.apply(world, ACTING).advanced()
        for replica in range(3):
            expected, size = by_hand(before[replica], sites[replica], rule)
            found = world["units"]["potential"].view(3, 30)[replica].numpy()
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
            assert float(world["units"]["firings"].view(3, 30)[replica].sum()) == size
            if size:
                counts[replica, min(size, 30) - 1] += 1
    assert counts.sum() > 60 and (counts.sum(1) < 60).all()
    np.testing.assert_array_equal(world["units"]["avalanches"].view(3, 30).numpy(), counts)


def test_nothing_counts_before_the_end_of_the_warmup():
    rule = ThresholdAvalanche("units", warmup=5)
    world = rule.prepare(units(20), ACTING)
    for _ in range(5):
        world = rule.apply(world, ACTING).advanced()
    assert int(world["units"]["avalanches"].sum()) == 0
    world = rule.apply(world, ACTING)
    assert int(world["units"]["avalanches"].sum()) == int(world["units"]["firings"].sum() > 0)


def test_an_avalanche_cut_short_goes_on_in_the_next_step_without_a_drive():
    state = {"potential": torch.tensor([1.0, 0.95, 0.9, 0.85], dtype=torch.float64)}
    rule = ThresholdAvalanche("units", 0.8, waves=1)
    world = rule.apply(rule.prepare(units(4, state=state), ACTING), ACTING)
    assert world["units"]["firings"].tolist() == [1, 0, 0, 0]
    world = rule.apply(world.advanced(), ACTING)
    assert world["units"]["firings"].tolist() == [0, 1, 1, 1]


def test_potentials_of_several_numbers_are_refused():
    with pytest.raises(ShapeError, match=r"'potential' of shape \(2,\) for each agent"):
        ThresholdAvalanche("units").prepare(units(3, state={"potential": torch.ones(3, 2)}), ACTING)
