"""Representation reading and steering: a planted concept, a closed form, and a context learnt in.

Concepts are planted by NumPy; cosines, margins, ranks and losses are computed here again.
"""

from dataclasses import replace
from math import erf, sqrt

import numpy as np
import pytest
import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.learning.optimisers.adam import Adam
from netware.measures.representation import mean_difference, reading_vector
from netware.models.multilayer import Multilayer
from netware.models.wrappers.low_rank import LowRank
from netware.models.wrappers.steered import Steered
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.learning.gradient import Gradient
from netware.rules.representation.low_rank_control import LowRankControl
from netware.rules.representation.read_representation import ReadRepresentation
from netware.tasks.base import Examples, TaskData
from netware.world import World
from tests.rules.learners import learnt, world_of


UNITS, PAIRS, AGENTS = 64, 128, 6
ACTING = Acting("read")


def phi(x: float) -> float:
    """Returns the distribution function of N(0, 1)."""
    return (1 + erf(x / sqrt(2))) / 2


# --- REP-1: a concept planted in 64 dimensions.


def planted(s: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns the unit vector u and pairs h = base +- s u + 0.3 noise of one base each."""
    rng = np.random.default_rng(seed)
    u = rng.normal(size=UNITS)
    u /= np.linalg.norm(u)
    base = rng.normal(size=(PAIRS, UNITS))
    high, low = (
        base + sign * s * u + 0.3 * rng.normal(size=(PAIRS, UNITS)) for sign in (1.0, -1.0)
    )
    return u, high, low


def readers(high: np.ndarray, low: np.ndarray, seed: int) -> tuple[World, np.ndarray]:
    """Returns agents whose hidden layer turns the pairs, each by a rotation of its own."""
    rng = np.random.default_rng([seed, 1])
    acting = np.stack([np.linalg.qr(rng.normal(size=(UNITS, UNITS)))[0] for _ in range(AGENTS)])
    model = Multilayer(UNITS, 1, (UNITS,), "identity", bias="none")
    weights = {
        "w1": torch.from_numpy(acting).float(),
        "w2": torch.zeros(AGENTS, UNITS, 1),
    }
    x = torch.from_numpy(np.stack([low, high], 1).reshape(1, 2 * PAIRS, UNITS)).float()
    label = torch.eye(2)[torch.arange(2 * PAIRS) % 2][None]
    examples = Examples(x, label, "classes")
    nets = Population("nets", AGENTS, 1, model, weights)
    return world_of(nets, data=TaskData(examples, examples), seed=seed), acting


@pytest.mark.t0
@pytest.mark.parametrize(("s", "least"), [(0.5, 0.85), (1.0, 0.97), (2.0, 0.99)])
@pytest.mark.parametrize("seed", [1, 2])
def test_rep_1_every_agent_reads_the_concept_in_its_own_basis(s, least, seed):
    u, high, low = planted(s, seed)
    world, turn = readers(high, low, seed)
    rule = ReadRepresentation("nets", "task", pairs=PAIRS)
    v = rule.apply(rule.prepare(world, ACTING), ACTING)["nets"]["direction"].double().numpy()
    rng = np.random.default_rng([seed, 2])
    for agent in range(AGENTS):
        own = u @ turn[agent]
        cosine = float(v[agent] @ own / np.linalg.norm(v[agent]))
        assert cosine >= least, "and of the right sign"
        label = rng.choice([-1.0, 1.0], 4000)
        h = label[:, None] * s * own + rng.normal(size=(4000, UNITS))
        accuracy = float((np.sign(h @ v[agent]) == label).mean())
        assert accuracy == pytest.approx(phi(s * cosine), abs=0.05)
    # NEGATIVE control: agents turn differently, so one agent's direction says nothing to another.
    assert abs(float(v[0] @ (u @ turn[1]))) < 0.5


@pytest.mark.t0
@pytest.mark.parametrize("s", [0.5, 1.0, 2.0])
def test_rep_1_without_shuffling_centring_takes_the_concept_out(s):
    u, high, low = planted(s, 5)
    h, g = (torch.from_numpy(one)[None] for one in (high, low))
    kept = reading_vector(h, g, torch.ones(1, PAIRS, dtype=torch.float64))[0].numpy()
    assert abs(float(kept @ u)) < 0.4
    signs = np.random.default_rng(6).choice([-1.0, 1.0], (1, PAIRS))
    shuffled = reading_vector(h, g, torch.from_numpy(signs))[0].numpy()
    assert float(shuffled @ u) > 0.85
    # The difference of means needs no shuffling: it is another method, not the same.
    mean = mean_difference(h, g)[0].numpy()
    assert float(mean @ u) > 0.85
    assert abs(float(mean @ kept)) < 0.4


# --- REP-2: a trained classifier is steered over its boundary.


def two_classes(seed: int, samples: int) -> Examples:
    """Returns points of two rings that no straight line parts."""
    rng = np.random.default_rng(seed)
    label = np.arange(samples) % 2
    radius = 1 + label + 0.1 * rng.normal(size=samples)
    angle = rng.uniform(0, 2 * np.pi, samples)
    x = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
    return Examples(
        torch.from_numpy(x[None]).float(), torch.eye(2)[torch.from_numpy(label)][None], "classes"
    )


def classifier() -> tuple[Population, Examples]:
    """Returns one trained agent that can be steered, its direction read, and test examples."""
    model = Steered(Multilayer(2, 2, (16, 12), "tanh", "xavier_normal"), "hidden2")
    stream = Draws.of(8).stream(Purpose.WEIGHTS, "nets", 1)
    nets = Population("nets", 1, 1, model, model.init(stream, torch.float32))
    data = TaskData(two_classes(1, 400), two_classes(2, 400))
    world = learnt(
        world_of(nets, data=data),
        Gradient("nets", task="task", optimiser=Adam(rate=0.01), batch=100, epochs=60),
    )
    rule = ReadRepresentation("nets", "task", "hidden2", pairs=150)
    return rule.apply(rule.prepare(world, ACTING), ACTING)["nets"], data.test


def one_agent_a_sample(agent: Population, x: Tensor) -> Population:
    """Returns as many copies of an agent as samples, so that each sample has its own strength."""
    many = x.shape[1]
    weights = {name: w.repeat(many, *[1] * (w.dim() - 1)) for name, w in agent.weights.items()}
    direction = agent["direction"].repeat(many, 1)
    return Population("nets", many, 1, agent.model, weights, {"direction": direction})


@pytest.mark.t0
def test_rep_2_the_probability_of_the_concept_follows_the_strength_and_flips_where_it_should():
    agent, test = classifier()
    x, truth = test.inputs, test.targets.argmax(2)[0]
    plain = agent.wrapped().base.forward(agent.weights, x, {})[0]
    assert (plain.argmax(1) == truth).float().mean() > 0.95
    copies, each = one_agent_a_sample(agent, x), x[0][:, None]
    w = agent.weights["w3"][0]
    slope = float((w[:, 1] - w[:, 0]) @ agent["direction"][0])
    assert slope > 0
    chance = []
    for alpha in np.linspace(-6, 6, 13):
        state = {"strength": torch.full((len(each),), float(alpha))}
        logits = copies.with_state(state).forward(each)[:, 0]
        chance.append((logits[:, 1] - logits[:, 0]).double())
    rising = torch.stack(chance).sigmoid()
    assert bool((torch.stack(chance).diff(dim=0) > 0).all())
    assert rising[0].mean() < 0.1 and rising[-1].mean() > 0.9

    margin = plain[:, 1] - plain[:, 0]
    star = -margin / slope
    before = margin > 0
    for share, least, most in ((1.001, 0.95, 1.0), (0.999, 0.0, 0.05)):
        logits = copies.with_state({"strength": share * star}).forward(each)[:, 0]
        flipped = ((logits[:, 1] > logits[:, 0]) != before).float().mean().item()
        assert least <= flipped <= most
    # NEGATIVE control: as far in a direction at right angles to the head flips nothing.
    other = torch.from_numpy(np.random.default_rng(3).normal(size=12)).float()
    head = w[:, 1] - w[:, 0]
    other = other - (other @ head) / (head @ head) * head
    aside = {"strength": 1.001 * star, "direction": other.repeat(len(each), 1)}
    logits = copies.with_state(aside).forward(each)[:, 0]
    assert ((logits[:, 1] > logits[:, 0]) != before).float().mean() < 0.02


@pytest.mark.t0
def test_rep_2_taking_the_concept_out_leaves_no_score():
    agent, test = classifier()
    out = agent.with_state({"removal": torch.ones(1)})
    h = agent.wrapped().trace(agent.weights, test.inputs, agent.state)["hidden2"][0]
    without = out.wrapped().trace(out.weights, test.inputs, out.state)["hidden2"][0]
    v = agent["direction"][0]
    assert (without @ v).abs().max() < 1e-5
    assert torch.allclose(without, h - torch.outer(h @ v, v), rtol=0, atol=1e-5)


# --- REP-3: a context is learnt into a difference of low rank.

CONTEXT, RANK = 0, 8
MODEL = LowRank(Multilayer(9, 2, (32, 32), "relu"), RANK)
BASE = ("w1", "b1", "w2", "b2", "w3", "b3")


def contexts(seed: int, samples: int, context: float | None) -> Examples:
    """Returns samples whose label the context -1 inverts; 0 leaves it, as +1 does."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(samples, 8))
    said = rng.choice([-1.0, 0.0, 1.0], samples) if context is None else np.full(samples, context)
    side = np.sign(x[:, 0] + x[:, 1])
    x[:, :2] += 0.5 * side[:, None]
    label = (np.where(said < 0, -side, side) > 0).astype(int)
    inputs = torch.from_numpy(np.concatenate([said[:, None], x], 1)[None]).float()
    return Examples(inputs, torch.eye(2)[torch.from_numpy(label)][None], "classes")


@pytest.fixture(scope="module")
def trained() -> World:
    """Returns three agents that learnt what the context means."""
    stream = Draws.of(9).stream(Purpose.WEIGHTS, "nets", 3)
    nets = Population("nets", 3, 1, MODEL, MODEL.init(stream, torch.float32))
    data = TaskData(contexts(1, 3000, None), contexts(2, 1000, 0.0))
    rule = Gradient(
        "nets", task="task", optimiser=Adam(rate=3e-3), batch=100, epochs=25, trains=BASE
    )
    return learnt(world_of(nets, data=data), rule)


def control(world: World, alpha: float, steps: int) -> tuple[Population, list[Tensor]]:
    """Returns the agents after learning the context in, and the loss before and after."""
    rule = LowRankControl(
        "nets", "task", ("hidden2",), CONTEXT, -1.0, 1.0, alpha=alpha, batch=200, batches=50
    )
    acting = Acting("control")
    world = rule.prepare(world, acting)
    losses = [loss(world["nets"], world, alpha)]
    for _ in range(steps):
        world = rule.apply(world, acting).advanced()
    return world["nets"], [*losses, loss(world["nets"], world, alpha)]


def layers(nets: Population, world: World, said: float, adapted: bool) -> Tensor:
    """Returns hidden2 on the test samples in a context, with or without the difference."""
    x = world.examples["task"].test.inputs.expand(3, -1, -1).clone()
    x[..., CONTEXT] = said
    model = MODEL if adapted else MODEL.base
    return model.trace(nets.weights, x, {})["hidden2"]


def loss(nets: Population, world: World, alpha: float) -> Tensor:
    """Returns the mean distance of each agent's layer from its target."""
    plain, high, low = (layers(nets, world, said, False) for said in (0.0, -1.0, 1.0))
    target = plain + alpha * (high - low)
    return (layers(nets, world, 0.0, True) - target).square().sum(2).sqrt().mean(1)


def accuracy(nets: Population, examples: Examples) -> Tensor:
    """Returns the share of right answers of each agent."""
    y = MODEL.forward(nets.weights, examples.inputs.expand(3, -1, -1), {})
    return (y.argmax(2) == examples.targets.argmax(2)).float().mean(1)


@pytest.mark.t1
def test_rep_3_a_context_becomes_part_of_a_low_rank_difference(trained):
    before, without = trained["nets"], contexts(3, 1000, 0.0)
    for said in (0.0, 1.0, -1.0):
        assert bool((accuracy(before, contexts(4, 1000, said)) > 0.97).all())
    after, (first, last) = control(trained, 1.0, 20)
    for name in BASE:
        assert torch.equal(after.weights[name], before.weights[name])
    merged = MODEL.merged(after.weights)
    for name in ("w1", "w2", "w3"):
        rank = torch.linalg.matrix_rank(
            merged[name].double() - before.weights[name].double(), atol=1e-5
        )
        assert bool((rank <= RANK).all())
    assert torch.linalg.matrix_rank(merged["w2"] - before.weights["w2"], atol=1e-5).min() > 0
    assert bool((last <= 0.5 * first).all())
    shift = (layers(before, trained, -1.0, False) - layers(before, trained, 1.0, False)).mean(1)
    moved = (layers(after, trained, 0.0, True) - layers(before, trained, 0.0, False)).mean(1)
    share = (moved * shift).sum(1) / shift.square().sum(1)
    assert bool((share >= 0.5).all())
    assert bool((accuracy(after, without) < 0.1).all())
    # NEGATIVE control: the other way round (alpha = -1) the answers stay as they were.
    other, _ = control(trained, -1.0, 20)
    assert bool((accuracy(other, without) > 0.9).all())


@pytest.mark.t1
def test_rep_3_without_alpha_there_is_no_loss_and_no_change(trained):
    after, (first, last) = control(trained, 0.0, 1)
    assert bool((first == 0).all()) and bool((last == 0).all())
    for name, w in after.weights.items():
        assert torch.equal(w, trained["nets"].weights[name])
    assert replace(MODEL, rank=2).adapters()["w2.down"] == (32, 2)
