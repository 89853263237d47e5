"""Neurashed growth: what fires in a minibatch grows, in logarithms, each agent by its own draws."""

from dataclasses import replace
from math import log

import pytest
import torch
from torch import Tensor

from netware.draws import Draws
from netware.errors import ScenarioError, ShapeError
from netware.models.multilayer import Multilayer
from netware.models.neurashed.neurashed import NOTHING, Neurashed
from netware.rules.learning.neurashed_growth import NeurashedGrowth, Pace
from netware.tasks.base import TaskData
from netware.tasks.one_hot import OneHot
from netware.world import World
from tests.rules.learners import LEARN, drawn, learnt, world_of


KINDS = OneHot(labels=(0, 0, 0, 0, 1, 1, 1, 1)).make("task", Draws.of(3), torch.float32)
TWO = OneHot(labels=(0, 1)).make("task", Draws.of(3), torch.float32)


def world(model: Neurashed, agents: int = 4, replicas: int = 1, data=KINDS, seed: int = 3) -> World:
    return world_of(drawn(model, agents, replicas, seed), data=data, seed=seed)


def lam(world: World, level: int) -> Tensor:
    return world["nets"].weights[f"log_lambda{level}"].exp()


def test_one_pattern_grows_and_everything_else_shrinks() -> None:
    rule = NeurashedGrowth("nets", "task", growth=1.5, decay=0.5)
    before = world(Neurashed(), agents=200)
    after = learnt(before, rule)
    table = torch.tensor(Neurashed().features.firing)
    seen = set()
    for agent in range(200):
        ratio = lam(after, 1)[agent] / lam(before, 1)[agent]
        grown = (ratio > 1).int()
        torch.testing.assert_close(ratio, torch.where(grown > 0, 1.5, 0.5))
        seen.add(next(n for n, row in enumerate(table) if torch.equal(row.int(), grown)))
    # Every agent draws its own sample: 200 of them leave none of the 8 out but once in 1e10.
    assert seen == set(range(8))


def test_the_pathways_of_a_minibatch_are_united() -> None:
    rule = NeurashedGrowth("nets", "task", batch=0, growth=1.5, decay=0.5)
    before = world(Neurashed())
    after = learnt(before, rule)
    for level in (1, 2):
        torch.testing.assert_close(lam(after, level), 1.5 * lam(before, level))
    rule = NeurashedGrowth("nets", "task", batch=3, sampling="in_turn", growth=1.5, decay=0.5)
    ratio = lam(learnt(before, rule), 1)[0] / lam(before, 1)[0]
    # Patterns (1, 2, 7), (2, 3, 7), (4, 5, 7).
    expected = [1.5 if node in (1, 2, 3, 4, 5, 7) else 0.5 for node in range(1, 15)]
    assert ratio.tolist() == pytest.approx(expected, rel=1e-5)


def test_samples_come_in_turn() -> None:
    rule = NeurashedGrowth("nets", "task", sampling="in_turn", growth=2.0, decay=1.0)
    before = world(Neurashed())
    ratio = lam(learnt(before, rule, 16), 1) / lam(before, 1)
    # Twice around eight patterns: each node has doubled once for each of its patterns and round.
    counts = 2 * torch.tensor(Neurashed().features.firing).sum(0)
    torch.testing.assert_close(ratio, (2.0**counts).expand_as(ratio), rtol=1e-4, atol=0)


@pytest.mark.parametrize(
    ("gain", "growth", "loss", "decay"),
    [
        ("multiply", 1.3, "multiply", 0.7),
        ("add", 0.4, "multiply", 0.7),
        ("multiply", 1.3, "subtract", 0.2),
        ("add", 0.4, "subtract", 0.0),
    ],
)
def test_g_plus_and_g_minus_are_those_of_plain_numbers(gain, growth, loss, decay) -> None:
    model = Neurashed(graph="pathways", classes=2, initial="uniform", amplification=1.0)
    rule = NeurashedGrowth("nets", "task", 1, "in_turn", gain, growth, loss, decay)
    before = world(model, data=TWO)
    x, table = lam(before, 1), torch.tensor(model.features.firing)
    for step in range(4):
        up = x * growth if gain == "multiply" else x + growth
        down = x * decay if loss == "multiply" else (x - decay).clamp_min(0)
        x = torch.where(table[step % 2] > 0, up, down)
    found = lam(learnt(before, rule, 4), 1)
    torch.testing.assert_close(found, x, rtol=1e-4, atol=1e-5)
    assert loss == "multiply" or decay == 0 or (found == 0).any()


def test_some_nodes_keep_a_pace_of_their_own() -> None:
    paces: tuple[Pace, ...] = (
        {"level": 1, "nodes": (7, 14), "growth": 1.1},
        {"level": 2, "nodes": (2,), "growth": 3.0, "decay": 0.1},
    )
    rule = NeurashedGrowth("nets", "task", 1, "in_turn", growth=2.0, decay=0.5, paces=paces)
    before = world(Neurashed())
    after = learnt(before, rule)
    first, second = (lam(after, level)[0] / lam(before, level)[0] for level in (1, 2))
    assert first[6].item() == pytest.approx(1.1, rel=1e-5)
    assert first[13].item() == pytest.approx(0.5, rel=1e-5)
    assert second[1].item() == pytest.approx(3.0, rel=1e-5)
    later = learnt(before, rule, 5)
    # Of five samples in turn four are of class 1: its node 2 fires in all but the last.
    ratio = (lam(later, 2)[0] / lam(before, 2)[0])[1].item()
    assert ratio == pytest.approx(3.0**4 * 0.1, rel=1e-4)


def test_eta_is_fixed_unless_it_is_asked_to_grow() -> None:
    before = world(Neurashed())
    assert "log_eta" not in {
        name
        for name, w in learnt(before, NeurashedGrowth("nets", "task"))["nets"].weights.items()
        if not torch.equal(w, before["nets"].weights[name])
    }
    rule = NeurashedGrowth("nets", "task", sampling="in_turn", growth=2.0, decay=0.5, eta="grown")
    eta = learnt(before, rule)["nets"].weights["log_eta"][0].exp()
    # Pattern 1 of class 1 fires nodes 1 and 2 of level 2, the first two of six edges.
    assert eta.tolist() == pytest.approx([2.0, 2.0, 0.5, 0.5, 0.5, 0.5], rel=1e-5)


def test_eta_grows_at_the_head_that_answers() -> None:
    heads = replace(TWO.train, head=1, heads=2)
    model = Neurashed(graph="explicit", firing=((1, 0), (0, 1)), readout=((1,), (2,), (1,), (2,)))
    before = world(model, data=TaskData(heads, heads))
    rule = NeurashedGrowth("nets", "task", 1, "in_turn", growth=2.0, decay=0.5, eta="grown")
    eta = learnt(before, rule)["nets"].weights["log_eta"][0].exp()
    # Edges node by node: node 1 to classes 1 and 3, node 2 to 2 and 4; class 3 is the first class
    # of the second head.
    assert eta.tolist() == pytest.approx([0.5, 2.0, 0.5, 0.5], rel=1e-5)


def test_growth_goes_on_where_numbers_end() -> None:
    rule = NeurashedGrowth("nets", "task", batch=0, growth=1e30)
    after = learnt(world(Neurashed()), rule, 5)
    grown = after["nets"].weights["log_lambda1"]
    assert grown.isfinite().all() and (grown > 5 * log(1e30) - log(1e8)).all()
    assert lam(after, 1).isinf().all()


def test_nothing_grows_only_by_addition() -> None:
    model = Neurashed(initial="constant", amplification=0.0)
    added = learnt(world(model), NeurashedGrowth("nets", "task", gain="add", growth=0.25))
    found = lam(added, 1)
    fires = (found > 0).sum(1)
    assert (fires == 3).all()
    torch.testing.assert_close(found, 0.25 * (found > 0))
    with pytest.raises(ScenarioError, match=r"(?s)begin at 0 \(log_lambda1\).*'gain: add'"):
        NeurashedGrowth("nets", "task").prepare(world(model), LEARN)
    silent = Neurashed(eta=0.0)
    assert (drawn(silent, 1).weights["log_eta"] == NOTHING).all()
    NeurashedGrowth("nets", "task").prepare(world(silent), LEARN)
    with pytest.raises(ScenarioError, match=r"'eta: 0\.01' in the model"):
        NeurashedGrowth("nets", "task", eta="grown").prepare(world(silent), LEARN)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"growth": 0.9}, r"(?s)growth: .*lambda multiplied by 0\.9"),
        ({"decay": 1.1}, r"(?s)decay: .*lambda multiplied by 1\.1"),
        ({"decay": 0.0}, "'loss: subtract'"),
        ({"paces": ({"level": 1, "nodes": (1,), "growth": 0.5},)}, r"paces\[0\]\.growth"),
    ],
)
def test_what_does_not_grow_is_refused(changes: dict, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        NeurashedGrowth("nets", "task", **changes)


def test_what_cannot_learn_is_refused() -> None:
    rule = NeurashedGrowth("nets", "task")
    with pytest.raises(ScenarioError, match="a population of neurashed"):
        rule.prepare(world_of(drawn(Multilayer(8, 2), 3), data=KINDS), LEARN)
    with pytest.raises(ShapeError, match="8 = 2"):
        rule.prepare(world(Neurashed(), data=TWO), LEARN)
    for level, message in ((3, "no such level"), (2, "node 7 of level 2, which has 6 nodes")):
        pace: Pace = {"level": level, "nodes": (7,), "growth": 2.0}
        with pytest.raises(ScenarioError, match=message):
            NeurashedGrowth("nets", "task", paces=(pace,)).prepare(world(Neurashed()), LEARN)
