"""Criticality: spins near Onsager's point, exact laws of avalanches, synapses that tune themselves.

Order, energies and sizes are recomputed here from spins and firings.
"""

from functools import cache
from math import comb, tanh

import numpy as np
import pytest
import torch
from torch import Tensor

from netware.draws import Draws
from netware.edges import Edges
from netware.population import Population
from netware.rules.base import AbstractRule, Acting
from netware.rules.criticality.dynamical_synapses import DynamicalSynapses
from netware.rules.criticality.ising import Ising
from netware.rules.criticality.threshold_avalanche import ThresholdAvalanche
from netware.world import World


# --- ISI-1, ISI-2: spins on an L x L torus, each bond counted once.


def lattice(side: int, replicas: int, seed: int) -> World:
    """Returns spins, agent = row * side + column, joined with the four beside them."""
    place = torch.arange(side * side).view(side, side)
    pairs = [(place, place.roll(shift, axis)) for axis in (0, 1) for shift in (-1, 1)]
    source, target = (torch.cat([pair[end].flatten() for pair in pairs]) for end in (0, 1))
    offset = (torch.arange(replicas) * side * side)[:, None]
    total = replicas * side * side
    edges = Edges.from_pairs((source + offset).flatten(), (target + offset).flatten(), total, total)
    spins = Population("spins", side * side, replicas)
    return World(Draws.of(seed, replicas), {"spins": spins}, edges={"near": edges})


def averages(rule: Ising, side: int, replicas: int, thrown: int, kept: int, seed: int):
    """Returns <|m|>, <e> and N var |m| / T over the kept sweeps of all replicas."""
    acting, temperature = Acting("flip"), rule.temperature
    assert isinstance(temperature, float)
    world = rule.prepare(lattice(side, replicas, seed), acting)
    order, energy = [], []
    for step in range(thrown + kept):
        world = rule.apply(world, acting).advanced()
        if step >= thrown:
            s = world["spins"]["spin"].view(replicas, side, side)
            order.append(s.mean((1, 2)).abs())
            energy.append(-(s * (s.roll(1, 1) + s.roll(1, 2))).mean((1, 2)))
    m = torch.stack(order).double()
    chi = side * side * float((m.square().mean(0) - m.mean(0).square()).mean()) / temperature
    return float(m.mean()), float(torch.stack(energy).double().mean()), chi


EXACT_4 = {1.5: (-1.950643, 0.986173), 2.0: (-1.755380, 0.918943), 3.0: (-1.017070, 0.601291)}


@pytest.mark.t1
@pytest.mark.parametrize("update", ["heat_bath", "metropolis"])
@pytest.mark.parametrize("temperature", EXACT_4)
def test_isi_1_sixteen_spins_have_the_averages_of_all_their_states(temperature, update):
    rule = Ising("spins", "near", temperature, update=update)
    order, energy, _ = averages(rule, 4, replicas=1000, thrown=60, kept=200, seed=1)
    assert energy == pytest.approx(EXACT_4[temperature][0], abs=0.01)
    assert order == pytest.approx(EXACT_4[temperature][1], abs=0.01)


@pytest.mark.t1
def test_isi_1_a_ring_has_the_energy_of_one_dimension_and_no_order():
    agents, temperature = 512, 1.0
    near = torch.arange(agents)
    edges = Edges.from_pairs(
        torch.cat([near, near]), torch.cat([near.roll(1), near.roll(-1)]), agents, agents
    )
    world = World(Draws.of(2), {"spins": Population("spins", agents)}, edges={"near": edges})
    rule, acting = Ising("spins", "near", temperature, start="up"), Acting("flip")
    world, energy, order = rule.prepare(world, acting), [], []
    for step in range(2000):
        world = rule.apply(world, acting).advanced()
        if step >= 300:
            s = world["spins"]["spin"]
            energy.append(float(-(s * s.roll(1)).mean()))
            order.append(float(s.mean().abs()))
    assert np.mean(energy) == pytest.approx(-tanh(1 / temperature), abs=0.01)
    assert np.mean(order) < 0.2


@cache
def onsager(temperature: float) -> tuple[float, float, float]:
    rule = Ising("spins", "near", temperature, start="up")
    return averages(rule, 32, replicas=8, thrown=400, kept=1000, seed=3)


@pytest.mark.t1
def test_isi_2_order_and_energy_are_those_of_onsager():
    order, energy, _ = onsager(2.0)
    assert order == pytest.approx(0.911, abs=0.01)
    assert energy == pytest.approx(-1.7456, abs=0.008)
    order, energy, _ = onsager(3.0)
    assert energy == pytest.approx(-0.8173, abs=0.01)
    assert order < 0.2


@pytest.mark.t1
def test_isi_2_the_susceptibility_has_its_peak_near_the_critical_temperature():
    chi = {t: onsager(t)[2] for t in (2.0, 2.2, 2.3, 2.4, 2.6, 3.0)}
    assert 2.2 <= max(chi, key=chi.__getitem__) <= 2.45
    assert max(chi.values()) > 5 * chi[2.0] and max(chi.values()) > 5 * chi[3.0]


# --- AVL-1: the law of sizes, exact for every N.


def sizes(
    rule: AbstractRule, agents: int, replicas: int, thrown: int, kept: int, seed: int
) -> np.ndarray:
    """Returns the sizes of all avalanches."""
    acting = Acting("drive")
    units = Population("units", agents, replicas)
    world = rule.prepare(World(Draws.of(seed, replicas), {"units": units}), acting)
    found: list[Tensor] = []
    for step in range(thrown + kept):
        world = rule.apply(world, acting).advanced()
        if step >= thrown:
            found.append(world["units"]["firings"].view(replicas, agents).sum(1))
    every = torch.cat(found).numpy()
    return every[every > 0]


def law(agents: int, alpha: float, size: int) -> float:
    share = alpha / agents
    ways = comb(agents - 1, size - 1) * float(size) ** (size - 2) * share ** (size - 1)
    front = agents * (1 - alpha) / (agents - (agents - 1) * alpha)
    return front * ways * (1 - size * share) ** (agents - size - 1)


@pytest.mark.t1
@pytest.mark.parametrize(("agents", "alpha"), [(100, 0.9), (100, 0.8), (10, 0.5)])
def test_avl_1_sizes_of_avalanches_follow_the_exact_law(agents, alpha):
    assert sum(law(agents, alpha, s) for s in range(1, agents + 1)) == pytest.approx(1)
    rule = ThresholdAvalanche("units", alpha)
    found = sizes(rule, agents, replicas=200, thrown=150, kept=110, seed=4)
    assert len(found) > 2e4 * 0.9
    for size in (1, 2, 3):
        assert np.mean(found == size) == pytest.approx(law(agents, alpha, size), abs=0.015)
    assert found.mean() == pytest.approx(agents / (agents - (agents - 1) * alpha), rel=0.06)


@pytest.mark.t1
def test_avl_1_another_coupling_has_another_law():
    found = sizes(ThresholdAvalanche("units", 0.5), 100, 200, thrown=100, kept=60, seed=5)
    assert abs(np.mean(found == 1) - law(100, 0.9, 1)) > 0.1


# --- AVL-2: tau over sizes 2 to 60 by maximum likelihood, on a grid of exponents written out.


def tau(found: np.ndarray) -> float:
    inside = found[(found >= 2) & (found <= 60)]
    log_size, grid = np.log(np.arange(2, 61)), np.arange(0.5, 3.5, 0.002)
    norm = np.log(np.exp(-grid[:, None] * log_size).sum(1))
    return float(grid[np.argmax(-grid * np.log(inside).mean() - norm)])


@cache
def tired(alpha: float) -> np.ndarray:
    rule = DynamicalSynapses("units", alpha)
    return sizes(rule, 300, replicas=50, thrown=250, kept=200, seed=6)


@pytest.mark.t1
def test_avl_2_synapses_that_tire_are_critical_over_a_broad_band():
    for alpha in (1.2, 1.4, 1.6):
        found = tired(alpha)
        assert 1.4 <= tau(found) <= 1.6, alpha
    assert 1.38 <= tau(tired(1.4)) <= 1.58
    assert tau(tired(0.8)) > 1.75


@pytest.mark.t1
def test_avl_2_avalanches_span_the_system_at_strong_coupling_alone():
    assert np.mean(tired(2.0) >= 300) > 5e-4
    for alpha in (0.8, 1.2, 1.4):
        assert np.mean(tired(alpha) >= 300) == 0


@pytest.mark.t1
def test_avl_2_the_mean_size_and_the_mean_coupling_hold_each_other():
    """A unit that fired f times left J, and had sent u J (1 + 0.8^-1 + ...) = J (0.8^-f - 1)."""
    rule, acting = DynamicalSynapses("units", 1.4), Acting("drive")
    world = World(Draws.of(8, 30), {"units": Population("units", 300, 30)})
    world, found, sent = rule.prepare(world, acting), [], 0.0
    for step in range(500):
        world = rule.apply(world, acting).advanced()
        if step >= 250:
            firings, left = world["units"]["firings"], world["units"]["synapse"]
            found.append(firings.view(30, 300).sum(1))
            sent += float((left * (0.8**-firings - 1)).sum())
    every = torch.cat(found)
    coupling = sent / float(every.sum())
    mean = float(every[every > 0].mean())
    assert coupling == pytest.approx(0.919, abs=0.02)
    assert mean * (1 - 299 / 300 * coupling) == pytest.approx(1, abs=0.1)


@pytest.mark.t1
def test_avl_2_couplings_that_do_not_tire_are_critical_near_one_alone():
    """The control: the same units with alpha fixed; tau leaves the band below alpha = 0.9."""
    for alpha, critical in ((0.7, False), (0.8, False), (0.99, True)):
        rule = ThresholdAvalanche("units", alpha, drive=0.01, drives=200)
        found = sizes(rule, 300, replicas=60, thrown=250, kept=150, seed=7)
        assert (tau(found) < 1.6) == critical, alpha
