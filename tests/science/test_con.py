"""Consensus on fixed graphs: limit, rate and stability, at the level of the rule."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from netware.draws import Draws
from netware.edges import Edges
from netware.graphs.topologies.erdos_renyi import ErdosRenyi
from netware.population import Population
from netware.relations.association import Association
from netware.rules.base import Acting
from netware.rules.consensus.average_consensus import AverageConsensus
from netware.world import World
from tests.relations.scenes import scene


@dataclass(frozen=True)
class Case:
    """A random connected graph, random opinions, and the spectrum of the graph's Laplacian."""

    world: World
    spectrum: np.ndarray


def case(seed: int) -> Case:
    chance = np.random.default_rng(seed)
    while True:
        agents = int(chance.integers(5, 31))
        x = torch.from_numpy(chance.normal(size=agents))
        people = Population("people", agents, state={"x": x}, dtype=torch.float64)
        draws = Draws.of(int(chance.integers(2**40)))
        talks = Association(("people", "people"), ErdosRenyi(p=float(chance.uniform(0.2, 0.7))))
        edges = talks.connect(*scene("talks", {"people": people}, None, draws))
        matrix = np.zeros((agents, agents))
        matrix[edges.target.numpy(), edges.source.numpy()] = 1
        spectrum = np.linalg.eigvalsh(np.diag(matrix.sum(1)) - matrix)
        if spectrum[1] > 1e-9:
            world = World(draws, {"people": people}, edges={"talks": edges})
            return Case(world, spectrum)


def talk(world: World, gain: float, steps: int) -> np.ndarray:
    """Returns every state from the first to the last, `[steps + 1, agents]`."""
    rule = AverageConsensus("people", "talks", state="x", gain=gain)
    states = [world["people"]["x"]]
    for _ in range(steps):
        world = rule.apply(world, Acting("agree")).advanced()
        states.append(world["people"]["x"])
    return torch.stack(states).numpy()


def distance(states: np.ndarray) -> np.ndarray:
    return np.linalg.norm(states - states.mean(1, keepdims=True), axis=1)


def decay(world: World, gain: float, steps: int) -> np.ndarray:
    """Returns ln of the factor by which the distance from the mean falls at each step.

    Now and then the distance is stretched to 1, which a linear rule does not notice, so that
    hundreds of decades pass and the slowest mode alone is left.
    """
    rule, logs = AverageConsensus("people", "talks", state="x", gain=gain), []
    for step in range(steps):
        before = world["people"]["x"]
        away = before - before.mean()
        if step % 20 == 0:
            before = before.mean() + away / away.norm()
            away = before - before.mean()
        world = rule.apply(world.with_state("people", x=before), Acting("agree"))
        after = world["people"]["x"]
        logs.append(float(((after - after.mean()).norm() / away.norm()).log()))
    return np.array(logs)


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(8))
def test_con_1_the_limit_is_the_mean_and_the_rate_is_mu_2(seed):
    """Discrete consensus on a connected undirected graph (Olfati-Saber, Fax and Murray 2007)."""
    drawn = case(seed)
    gain = float(np.random.default_rng([seed, 1]).uniform(0.3, 1.7)) / drawn.spectrum[-1]
    mu = max(abs(1 - gain * drawn.spectrum[1]), abs(1 - gain * drawn.spectrum[-1]))
    steps = int(np.ceil(np.log(1e-11) / np.log(mu)))
    states = talk(drawn.world, gain, steps)
    assert np.abs(states[-1] - states[0].mean()).max() < 1e-6
    assert np.abs(states.sum(1) - states[0].sum()).max() < 1e-9
    assert decay(drawn.world, gain, 3000)[1000:].mean() == pytest.approx(np.log(mu), abs=1e-3)


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(3))
def test_con_1_control_links_heard_one_way_lose_the_mean(seed):
    drawn = case(seed)
    edges = drawn.world.edges["talks"]
    heard = edges.source > edges.target
    many = drawn.world["people"].agents
    one_way = Edges.from_pairs(edges.source[heard], edges.target[heard], many, many)
    states = talk(drawn.world.with_edges("talks", one_way), 0.5 / drawn.spectrum[-1], 500)
    assert abs(states[-1].mean() - states[0].mean()) > 1e-3


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(8))
def test_con_2_the_largest_eigenvalue_bounds_the_gain(seed):
    """Below 2 / lambda_n states agree, above it they run apart: one parameter, two fates."""
    drawn = case(100 + seed)
    below, above = (
        distance(talk(drawn.world, share * 2 / drawn.spectrum[-1], 400)) for share in (0.9, 1.1)
    )
    mu = max(abs(1 - 1.8 * drawn.spectrum[1] / drawn.spectrum[-1]), 0.8)
    assert below[-1] < 1.01 * below[0] * mu**400 + 1e-12
    assert above[-1] > 1e6 * above[0]
