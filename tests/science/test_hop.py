"""Hopfield (1982): the error of one step, and the load at which memory breaks down.

The error of one synchronous step from a stored pattern is P = 1/2 erfc(1 / sqrt(2 alpha)) at load
alpha = P / N; the overlap after relaxation follows Amit, Gutfreund and Sompolinsky (1985), with
alpha_c = 0.138. Patterns are drawn by NumPy, errors counted and energies summed here.
"""

from math import erfc, sqrt

import numpy as np
import pytest
import torch
from torch import Tensor

from netware.draws import Draws
from netware.models.hopfield import Hopfield
from netware.models.memory import AbstractSpinMemory
from netware.population import Population
from netware.rules.base import Turn
from netware.rules.recall import Recall, swept
from netware.world import World


def signs(shape: tuple[int, ...], seed: int) -> Tensor:
    drawn = np.random.default_rng(seed).integers(0, 2, shape)
    return torch.from_numpy(drawn).float() * 2 - 1


# --- HOP-1: N = 2000, within 12 %. The count of wrong bits has a standard error of 2 % at the
# lowest load (2 million bits, 2000 wrong) and less above; the rest is P - 1 patterns that disturb.


def one_step_error(model: Hopfield, agents: int, seed: int) -> float:
    xi = signs((agents, model.patterns, model.neurons), seed)
    return float((model.forward(model.learned(xi), xi, {}) != xi).float().mean())


@pytest.mark.t0
@pytest.mark.parametrize(("alpha", "agents"), [(0.105, 5), (0.185, 2), (0.37, 1), (0.61, 1)])
def test_hop_1_the_error_of_one_step_is_that_of_gaussian_crosstalk(alpha, agents):
    model = Hopfield(2000, round(alpha * 2000))
    expected = 0.5 * erfc(1 / sqrt(2 * alpha))
    assert one_step_error(model, agents, seed=1) == pytest.approx(expected, rel=0.12)


@pytest.mark.t0
def test_hop_1_with_self_coupling_the_error_is_another_one():
    """Folli et al. (2017): 1/2 erfc((1 + alpha) / sqrt(2 alpha)) where J_ii = P / N is kept."""
    kept = one_step_error(Hopfield(1000, 1000, "hebbian", "kept"), 1, seed=2)
    none = one_step_error(Hopfield(1000, 1000), 1, seed=2)
    assert kept == pytest.approx(0.5 * erfc(sqrt(2)), rel=0.12)
    assert none == pytest.approx(0.5 * erfc(1 / sqrt(2)), rel=0.12)


# --- HOP-2: N = 1000, overlap after relaxation, four sets of patterns, ten memories of each.


def relaxed(patterns: int, seed: int) -> Tensor:
    """Returns the overlap of each agent with the pattern it started from, when none moves."""
    xi = signs((4, patterns, 1000), seed)
    replica = torch.arange(4).repeat_interleave(10)
    target = xi[:, :10].flatten(0, 1)
    population = Population(
        "memories",
        agents=10,
        replicas=4,
        model=Hopfield(1000, patterns),
        weights={"patterns": xi[replica]},
        state={"output": target},
    )
    world = World(draws=Draws.of(seed, 4), populations={"memories": population})
    rule, turn = Recall("memories", order="asynchronous"), Turn("recall")
    for _ in range(60):
        before = world["memories"]["output"]
        world = rule.apply(world, turn).advanced()
        if torch.equal(before, world["memories"]["output"]):
            break
    return (world["memories"]["output"] * target).mean(1)


@pytest.mark.t1
def test_hop_2_memory_is_whole_below_the_critical_load_and_lost_above():
    assert float(relaxed(100, seed=1).mean()) >= 0.99
    assert abs(float(relaxed(130, seed=1).mean()) - 0.987) < 0.02
    assert float(relaxed(200, seed=1).mean()) < 0.6


def rises(order: str, patterns: int, seed: int) -> tuple[int, int]:
    """Counts flips, and flips that raised E = -1/2 s^T J s, in ten sweeps from random states."""
    agents, units = 3, 1000
    xi, s = signs((agents, patterns, units), seed), signs((agents, units), seed + 1)
    model: AbstractSpinMemory = Hopfield(units, patterns)
    weights = {"patterns": xi}
    exact = xi.double()
    couplings = exact.transpose(1, 2) @ exact / units
    couplings.diagonal(dim1=1, dim2=2).zero_()
    generator = np.random.default_rng(seed + 2)
    flips = raised = 0
    for _ in range(10):
        turns = torch.from_numpy(generator.permuted(np.tile(np.arange(units), (agents, 1)), axis=1))
        if order == "asynchronous":
            after = swept(model, weights, s, torch.zeros_like(s), turns)
        else:
            after = model.forward(weights, s[:, None], {})[:, 0]
        for agent in range(agents):
            more = energy_changes(couplings[agent], s[agent], after[agent], turns[agent])
            flips, raised = flips + len(more), raised + int((more > 1e-9).sum())
        s = after
    return flips, raised


def energy_changes(couplings: Tensor, before: Tensor, after: Tensor, order: Tensor) -> Tensor:
    """Returns the change of energy of each flip, made one after another in the order given."""
    state, field, changes = before.double(), couplings @ before.double(), []
    for unit in order[before[order] != after[order]]:
        changes.append(2 * state[unit] * field[unit])
        field = field - 2 * state[unit] * couplings[:, unit]
        state[unit] = -state[unit]
    assert torch.equal(state, after.double())
    return torch.stack(changes) if changes else torch.zeros(0)


@pytest.mark.t1
def test_hop_2_no_accepted_flip_raises_the_energy():
    for patterns in (100, 200):
        flips, raised = rises("asynchronous", patterns, seed=5)
        assert flips > 1000 and raised == 0


@pytest.mark.t1
def test_hop_2_the_same_flips_decided_all_at_once_do_raise_it():
    flips, raised = rises("synchronous", 200, seed=5)
    assert raised > 0.01 * flips
