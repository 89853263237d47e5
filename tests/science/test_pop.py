"""Majority: independent noisy agents against the binomial, and agents that err together.

Each agent is shown one of two patterns, some bits of which were replaced by those of a pattern
drawn for it alone, and answers what it sees; on each bit the agents vote. Right answers are
counted from raw outputs, on bits in which the patterns differ: there an agent is right with
probability p = 1 - corruption / 2. A step of a replica is one trial, the mean over its bits.
"""

from math import comb
from pathlib import Path

import numpy as np
import pytest
import torch

from netware.simulation.model import NetwareModel
from tests.simulation.worlds import write


NOISY = """
netware: 1
name: majority
seed: {seed}
steps: 10
replicas: 500
tasks:
  patterns: {{type: random_patterns, units: 8, patterns: 2}}
populations:
  voters:
    agents: {agents}
    model: {{type: multilayer, inputs: 8, outputs: 8, bias: none}}
    inputs: {{task: patterns, corruption: {corruption}, every: 1}}
"""
ALIKE = """
relations:
  tells:
    type: association
    between: [voters, voters]
    topology: {type: file, path: tells.edgelist, lines: directed}
    carries: input
    offset: 0
"""
STEPS = 6


def shares(folder: Path, agents: int, p: float, more: str = "") -> tuple[np.ndarray, np.ndarray]:
    """Returns the share of bits that single agents and the majority have right, trial by trial."""
    text = NOISY.format(seed=100 + agents, agents=agents, corruption=2 * (1 - p)) + more
    model = NetwareModel(write(folder, text), collect=0)
    same = torch.eye(8).repeat(500 * agents, 1, 1)
    model.world = model.world.with_weights("voters", {"w1": same})
    patterns = model.world.examples["patterns"].train.inputs
    differ = (patterns[:, 0] != patterns[:, 1]).double()
    some = differ.sum(1) > 0
    single, joint = [], []
    for _ in range(STEPS):
        model.step()
        people = model.world["voters"]
        right = ((people["output"] > 0) == (people["target"] > 0)).view(500, agents, 8).double()
        for found, answer in ((single, right[:, 0]), (joint, (right.mean(1) > 0.5).double())):
            found.append(((answer * differ).sum(1) / differ.sum(1))[some])
    return torch.cat(single).numpy(), torch.cat(joint).numpy()


def binomial(agents: int, p: float) -> float:
    """Returns the probability that more than half of independent agents are right."""
    most = range(agents // 2 + 1, agents + 1)
    return sum(comb(agents, k) * p**k * (1 - p) ** (agents - k) for k in most)


def standard_error(trials: np.ndarray) -> float:
    return float(trials.std(ddof=1) / np.sqrt(len(trials)))


@pytest.mark.t0
@pytest.mark.parametrize(
    ("agents", "p", "published"),
    [(3, 0.6, 0.648), (11, 0.6, 0.753498), (101, 0.6, 0.979103), (101, 0.55, 0.843755)],
)
def test_pop_1_a_majority_of_independent_agents_is_right_as_the_binomial_says(
    agents, p, published, tmp_path
):
    single, joint = shares(tmp_path, agents, p)
    assert binomial(agents, p) == pytest.approx(published, abs=1e-6)
    assert abs(single.mean() - p) < 4 * standard_error(single)
    assert abs(joint.mean() - binomial(agents, p)) < 4 * standard_error(joint)
    assert standard_error(joint) < 0.01


@pytest.mark.t0
def test_pop_1_agents_that_all_see_what_one_sees_are_right_as_often_as_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tells.edgelist").write_text("\n".join(f"0 {agent}" for agent in range(11)))
    _, joint = shares(tmp_path, 11, 0.6, ALIKE)
    assert abs(joint.mean() - 0.6) < 4 * standard_error(joint)
    assert abs(joint.mean() - binomial(11, 0.6)) > 4 * standard_error(joint)


# --- Averaging: the variance of the mean of n agents is sigma^2 / n, and with correlation rho
# between their errors sigma^2 (rho + (1 - rho) / n). Agents agree by consensus on the mean.

AGREEING = """
netware: 1
name: averaging
seed: 9
steps: 100
replicas: 2000
precision: float64
populations:
  people: {agents: 12, state: {x: normal}}
relations:
  talks: {type: association, between: [people, people], topology: {type: complete}}
rules:
  agree: {type: average_consensus, on: people, over: talks, state: x, gain: 0.08333333333}
"""


@pytest.mark.t0
@pytest.mark.parametrize("rho", [0.0, 0.4, 1.0])
def test_pop_1_the_error_of_the_mean_is_that_of_averages(rho, tmp_path):
    """2000 replicas: the variance has a relative standard error of sqrt(2 / 2000)."""
    model = NetwareModel(write(tmp_path, AGREEING), collect=0)
    own = model.world["people"]["x"].view(2000, 12)
    common = torch.from_numpy(np.random.default_rng(2).normal(size=(2000, 1)))
    x = rho**0.5 * common + (1 - rho) ** 0.5 * own
    model.world = model.world.with_state("people", x=x.flatten())
    for _ in range(5):
        model.step()
    agreed = model.world["people"]["x"].view(2000, 12)
    assert (agreed - agreed[:, :1]).abs().max() < 1e-9
    variance = float(agreed[:, 0].var())
    assert variance == pytest.approx(rho + (1 - rho) / 12, rel=4 * np.sqrt(2 / 2000))
