"""VIC-4: giant number fluctuations of an ordered Vicsek flock, and their absence in disorder."""

from math import tau

import numpy as np
import pytest
import torch

from netware.draws import Draws, Purpose
from netware.population import Population
from netware.probes.flocking.number_fluctuations import NumberFluctuations
from netware.rules.base import Acting
from netware.rules.flocking.vicsek import Vicsek
from netware.space.box import Space
from netware.space.headings import anywhere
from netware.world import World


AGENTS, BOX = 8192, 64.0
CUTS = (8, 16, 32, 64)  # boxes with 128, 32, 8 and 2 agents on average


def flock(seed: int) -> World:
    """Returns birds anywhere that all head one way, which the seed decides."""
    draws, space = Draws.of(seed), Space(2, BOX)
    position = draws.stream(Purpose.STATE, "birds.position", AGENTS).uniform(0.0, BOX, (2,))
    one_way = anywhere(draws.stream(Purpose.STATE, "birds.heading", 1).uniform())
    state = {"position": space.wrap(position), "heading": one_way.expand(AGENTS, -1)}
    return World(draws, {"birds": Population("birds", AGENTS, state=state)}, space=space)


def fluctuations(noise: float, burn: int, steps: int, every: int) -> tuple[float, float, float]:
    """Returns the exponent from raw positions, that of the probe, and the order parameter."""
    world, rule, probe = (
        flock(8),
        Vicsek("birds", speed=0.5, noise=noise),
        NumberFluctuations("birds"),
    )
    counted, read, order = [], [], []
    for step in range(1, burn + steps + 1):
        world = rule.apply(world, Acting("fly")).advanced()
        if step > burn and step % every == 0:
            x, y = world["birds"]["position"].double().numpy().T
            boxes = [np.histogram2d(x, y, cut, [[0, BOX], [0, BOX]])[0] for cut in CUTS]
            counted.append([box.var() for box in boxes])
            read.append(probe.read(world)["deviation"][0].square())
            order.append(float(world["birds"]["heading"].mean(0).norm()))
    mean = np.log([AGENTS / cut**2 for cut in CUTS])
    spreads = (np.mean(counted, 0), torch.stack(read).mean(0).numpy())
    exponent, probed = (np.polyfit(mean, np.log(spread) / 2, 1)[0] for spread in spreads)
    return float(exponent), float(probed), float(np.mean(order))


@pytest.mark.t1
def test_vic_4_order_brings_giant_number_fluctuations() -> None:
    exponent, probed, order = fluctuations(1.0, 600, 600, 20)
    assert order > 0.85
    assert 0.70 <= exponent <= 0.90
    assert probed == pytest.approx(exponent, abs=1e-3)


@pytest.mark.t1
def test_vic_4_disorder_fluctuates_as_chance_does() -> None:
    exponent, probed, order = fluctuations(tau, 40, 100, 20)
    assert order < 0.05
    assert 0.46 <= exponent <= 0.54
    assert probed == pytest.approx(exponent, abs=1e-3)
