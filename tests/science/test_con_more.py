"""Consensus beyond fixed undirected graphs: delays, directed graphs, small worlds."""

from pathlib import Path

import numpy as np
import pytest
import torch

from netware.draws import Draws
from netware.edges import Edges
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.consensus.delayed_consensus import DelayedConsensus
from netware.simulation.model import NetwareModel
from netware.world import World
from tests.simulation.worlds import write


def laplacian(matrix: np.ndarray) -> np.ndarray:
    return np.diag(matrix.sum(1)) - matrix


def connected(chance: np.random.Generator, agents: int) -> np.ndarray:
    """Draws a connected undirected graph."""
    while True:
        links = np.triu(chance.random((agents, agents)) < chance.uniform(0.3, 0.7), 1)
        matrix = (links | links.T).astype(float)
        if np.linalg.eigvalsh(laplacian(matrix))[1] > 1e-9:
            return matrix


def cycle(agents: int) -> np.ndarray:
    matrix = np.zeros((agents, agents))
    each = np.arange(agents)
    matrix[each, (each + 1) % agents] = matrix[each, each - 1] = 1
    return matrix


# --- CON-3: delay. Graphs of ten agents side by side, as replicas of one world; their weights are
# scaled so that lambda_n = 4 and one delay is critical for all: tau* = pi / 8 = .392699.


def spread_after(share: float, matrices: list[np.ndarray], time: float) -> tuple[np.ndarray, ...]:
    """Returns each graph's spread at first and after `time`, with a delay of share tau*."""
    block = np.zeros((10 * len(matrices),) * 2)
    for number, matrix in enumerate(matrices):
        scaled = 4 * matrix / np.linalg.eigvalsh(laplacian(matrix))[-1]
        block[10 * number : 10 * number + 10, 10 * number : 10 * number + 10] = scaled
    target, source = (torch.from_numpy(one) for one in np.nonzero(block))
    weight = torch.from_numpy(block[np.nonzero(block)])
    edges = Edges.from_pairs(source, target, len(block), len(block), weight)
    x = torch.from_numpy(np.random.default_rng(7).normal(size=len(block)))
    people = Population("people", 10, len(matrices), state={"x": x}, dtype=torch.float64)
    delay = share * np.pi / 8
    draws = Draws.of(1, len(matrices))
    world = World(draws, {"people": people}, edges={"talks": edges}, dt=delay / 100)
    rule, acting = DelayedConsensus("people", "talks", delay, "x"), Acting("agree")
    world = rule.prepare(world, acting)
    for _ in range(round(time / world.dt)):
        world = rule.apply(world, acting).advanced()
    states = x.view(-1, 10), world["people"]["x"].view(-1, 10)
    return tuple((one.amax(1) - one.amin(1)).numpy() for one in states)


@pytest.mark.t1
def test_con_3_a_delay_is_harmless_below_its_threshold_and_fatal_above():
    chance = np.random.default_rng(3)
    matrices = [cycle(10), *(connected(chance, 10) for _ in range(5))]
    before, after = spread_after(0.9, matrices, 60)
    assert (after < 1e-3 * before).all()
    before, after = spread_after(1.1, matrices, 60)
    assert (after > 10 * before).all()


# --- CON-4: directed graphs, through a graph file and the engine.

DIRECTED = """
netware: 1
name: directed
seed: {seed}
steps: 100
precision: float64
populations:
  nodes: {{agents: {agents}, state: {{x: normal}}}}
relations:
  talks:
    type: association
    between: [nodes, nodes]
    topology: {{type: file, path: graph.edgelist, lines: directed}}
rules:
  agree: {{type: {rule}, on: nodes, over: talks, state: x, gain: {gain}}}
"""


def limit(matrix: np.ndarray, seed: int, rule: str, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Returns states at first and in the limit; matrix[i, j] is what i gives to the state of j."""
    lines = [f"{j} {i} {matrix[i, j]}" for i, j in zip(*np.nonzero(matrix), strict=True)]
    (folder / "graph.edgelist").write_text("\n".join(lines))
    gain = 0.5 / matrix.sum(1).max()
    text = DIRECTED.format(seed=seed, agents=len(matrix), rule=rule, gain=gain)
    model = NetwareModel(write(folder, text), collect=0)
    first = model.world["nodes"]["x"].numpy().copy()
    for _ in range(1500):
        model.step()
    return first, model.world["nodes"]["x"].numpy()


def left_null(matrix: np.ndarray) -> np.ndarray:
    """Returns gamma with gamma^T L = 0 and sum 1."""
    values, vectors = np.linalg.eig(laplacian(matrix).T)
    gamma = vectors[:, np.argmin(np.abs(values))].real
    return gamma / gamma.sum()


def strong(chance: np.random.Generator, agents: int) -> np.ndarray:
    """Draws a strongly connected directed graph: a cycle through all, and more."""
    order, matrix = chance.permutation(agents), np.zeros((agents, agents))
    matrix[order, np.roll(order, 1)] = 1
    more = chance.random((agents, agents)) < 0.25
    np.fill_diagonal(more, False)
    return np.maximum(matrix, more) * chance.uniform(0.5, 2.0, (agents, agents)).round(3)


@pytest.mark.t0
@pytest.mark.parametrize("rule", ["average_consensus", "continuous_consensus"])
@pytest.mark.parametrize("seed", range(2))
def test_con_4_a_directed_graph_agrees_on_gamma_x_and_not_on_the_mean(
    seed, rule, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    chance = np.random.default_rng([seed, 4])
    matrix = strong(chance, int(chance.integers(5, 11)))
    first, last = limit(matrix, seed, rule, tmp_path)
    expected = left_null(matrix) @ first
    assert np.abs(last - expected).max() < 1e-5
    assert abs(expected - first.mean()) > 1e-3


@pytest.mark.t0
def test_con_4_the_published_digraph_has_gamma_of_a_quarter_a_half_a_quarter(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    matrix = np.array([[0.0, 1, 0], [0, 0, 1], [1, 1, 0]])
    assert left_null(matrix) == pytest.approx([0.25, 0.5, 0.25])
    first, last = limit(matrix, 3, "average_consensus", tmp_path)
    assert np.abs(last - (first[0] + 2 * first[1] + first[2]) / 4).max() < 1e-9


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(2))
def test_con_4_a_balanced_graph_agrees_on_the_mean(seed, tmp_path, monkeypatch):
    """As much goes into everybody as goes out: a sum of cycles, each with a weight of its own."""
    monkeypatch.chdir(tmp_path)
    chance = np.random.default_rng([seed, 5])
    agents = int(chance.integers(5, 11))
    matrix = np.zeros((agents, agents))
    for _ in range(3):
        order = chance.permutation(agents)
        matrix[order, np.roll(order, 1)] += chance.uniform(0.5, 2.0).__round__(3)
    assert np.abs(matrix - matrix.T).max() > 0.1
    first, last = limit(matrix, seed, "average_consensus", tmp_path)
    assert np.abs(last - first.mean()).max() < 1e-5


@pytest.mark.t0
def test_con_4_without_a_spanning_tree_there_are_two_limits_or_more(tmp_path, monkeypatch):
    """Two groups that hear nobody else, and one agent in between that hears both."""
    monkeypatch.chdir(tmp_path)
    matrix = np.zeros((7, 7))
    matrix[0, 1] = matrix[1, 2] = matrix[2, 0] = 1
    matrix[3, 4] = matrix[4, 5] = matrix[5, 3] = 1
    matrix[6, 0] = matrix[6, 3] = 1
    first, last = limit(matrix, 6, "average_consensus", tmp_path)
    assert np.abs(last[:3] - first[:3].mean()).max() < 1e-9
    assert np.abs(last[3:6] - first[3:6].mean()).max() < 1e-9
    assert abs(last[0] - last[3]) > 0.01
    assert last[6] == pytest.approx((last[0] + last[3]) / 2)


# --- CON-7: small worlds. Opinions of 16 replicas agree on a ring of 100 with k = 6, and on the
# same ring with links moved with probability p; lambda_2 and steps come from edges and states.

SMALL = """
netware: 1
name: small_world
seed: 77
steps: 100
replicas: 16
precision: float64
populations:
  people: {agents: 100, state: {x: normal}}
relations:
  talks:
    {type: association, between: [people, people], topology: {type: watts_strogatz, k: 6, p: 0.1}}
rules:
  agree: {type: average_consensus, on: people, over: talks, state: x, gain: 0.1}
"""


def agreed(folder: Path, p: float) -> tuple[np.ndarray, np.ndarray]:
    """Returns lambda_2 and the steps until disagreement is a millionth, replica by replica."""
    model = NetwareModel(write(folder, SMALL), [f"relations.talks.topology.p={p}"], collect=0)
    edges = model.world.edges["talks"]
    second = np.zeros(16)
    for replica in range(16):
        own = (edges.target // 100 == replica).numpy()
        matrix = np.zeros((100, 100))
        matrix[edges.target.numpy()[own] % 100, edges.source.numpy()[own] % 100] = 1
        second[replica] = np.linalg.eigvalsh(laplacian(matrix))[1]

    def away() -> np.ndarray:
        x = model.world["people"]["x"].view(16, 100)
        return (x - x.mean(1, keepdim=True)).norm(dim=1).numpy()

    first, steps = away(), np.zeros(16)
    while (waiting := away() > 1e-6 * first).any():
        steps += waiting
        model.step()
        assert model.steps < 4000
    return second, steps


@pytest.mark.t1
def test_con_7_a_small_world_agrees_several_times_faster_than_a_ring(tmp_path):
    ring, ring_steps = agreed(tmp_path, 0.0)
    small, small_steps = agreed(tmp_path, 0.1)
    assert ring == pytest.approx(np.full(16, 0.0551426), rel=1e-5)
    ratio = small.mean() / ring.mean()
    assert 3.5 < ratio < 9
    expected = np.log(1 - 0.1 * small).mean() / np.log(1 - 0.1 * ring).mean()
    assert ring_steps.mean() / small_steps.mean() == pytest.approx(ratio, rel=0.25)
    assert ring_steps.mean() / small_steps.mean() == pytest.approx(expected, rel=0.25)


@pytest.mark.t1
def test_con_7_control_hardly_any_link_moved_is_still_a_ring(tmp_path):
    ring, _ = agreed(tmp_path, 0.0)
    nearly, _ = agreed(tmp_path, 0.0005)
    assert nearly.mean() / ring.mean() < 1.5
