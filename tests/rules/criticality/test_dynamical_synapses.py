"""Dynamical synapses: a step against loops over single synapses, and a start of the user's own."""

import numpy as np
import torch

from netware.draws import Draws, Purpose
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.criticality.dynamical_synapses import DynamicalSynapses
from netware.world import World


ACTING = Acting("drive")


def units(agents: int, replicas: int = 1, state=None) -> World:
    them = Population("units", agents, replicas, state=state or {}, dtype=torch.float64)
    return World(Draws.of(3, replicas), {"units": them})


def by_hand(h: np.ndarray, couplings: np.ndarray, sites: np.ndarray, rule: DynamicalSynapses):
    """One step with a matrix J[post, pre], synapse by synapse; returns h, J and firings."""
    h, couplings, count, many = h.copy(), couplings.copy(), np.zeros(len(h)), len(h)
    for site in sites:
        rested = rule.alpha / rule.use
        couplings = rested + (couplings - rested) * np.exp(-1 / (rule.recovery * many))
        h[site] += rule.drive
        if h[site] >= 1:
            break
    while (h >= 1).any():
        fires = np.flatnonzero(h >= 1)
        for pre in fires:
            h[pre] -= 1
            for post in range(many):
                if post != pre:
                    h[post] += rule.use * couplings[post, pre] / many
            couplings[:, pre] *= 1 - rule.use
            count[pre] += 1
    return h, couplings, count


def test_every_step_is_that_of_single_synapses_by_hand():
    rule = DynamicalSynapses("units", 1.4, drives=30)
    world = rule.prepare(units(12, replicas=2), ACTING)
    matrices = [np.full((12, 12), 7.0)] * 2
    fired = 0.0
    for step in range(50):
        stream = world.draws.stream(Purpose.RULE, "drive/site", 1, step)
        sites = stream.integers(12, (30,)).view(2, 30).numpy()
        before = world["units"]["potential"].view(2, 12).numpy()
        world = rule.apply(world, ACTING).advanced()
        after = world["units"]
        for replica in range(2):
            h, matrices[replica], count = by_hand(
                before[replica], matrices[replica], sites[replica], rule
            )
            found = {name: after[name].view(2, 12)[replica].numpy() for name in after.state}
            np.testing.assert_allclose(found["potential"], h, rtol=0, atol=1e-9)
            np.testing.assert_allclose(found["synapse"], matrices[replica][0], rtol=1e-9)
            np.testing.assert_array_equal(found["firings"], count)
            fired += count.sum()
    assert fired > 50


def test_synapses_may_begin_as_the_user_says():
    state = {"synapse": torch.full((5,), 2.0, dtype=torch.float64)}
    world = DynamicalSynapses("units").prepare(units(5, state=state), ACTING)
    assert world["units"]["synapse"].tolist() == [2.0] * 5
    rested = DynamicalSynapses("units", 1.5, 0.3).prepare(units(5), ACTING)
    assert rested["units"]["synapse"].tolist() == [5.0] * 5
