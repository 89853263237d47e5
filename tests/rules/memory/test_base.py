"""Recall of both kinds: cue and noise, agents apart and together, and what is refused."""

from dataclasses import replace

import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError, ShapeError, StateError
from netware.models.memories.hopfield import Hopfield
from netware.rules.base import Acting
from netware.rules.memory.asynchronous_recall import AsynchronousRecall
from netware.rules.memory.recall import Recall
from netware.world import World
from tests.rules.memories import ACTING, couplings, memories, network, recalled


KINDS = (Recall, AsynchronousRecall)
RULES = [
    Recall("memories", updates=3),
    Recall("memories", updates=2, cue=0.3, noise=0.5),
    AsynchronousRecall("memories", updates=2),
    AsynchronousRecall("memories", cue=0.3, noise=0.5),
]


def test_units_without_any_field_keep_their_sign():
    world = memories(model=Hopfield(4, 1))
    nothing = {"patterns": torch.zeros(40, 1, 4, dtype=torch.float64)}
    world = world.with_weights("memories", nothing)
    quarter = world.with_state("memories", output=0.25 * world["memories"]["output"])
    for kind in KINDS:
        rule = kind("memories", updates=3)
        assert torch.equal(recalled(quarter, rule), world["memories"]["output"])


def test_a_strong_cue_is_obeyed_and_no_cue_is_ignored():
    world = memories()
    for kind in KINDS:
        obeyed = recalled(world, kind("memories", cue=100.0))
        assert torch.equal(obeyed, world["memories"]["input"])
        other = world.with_state("memories", input=-world["memories"]["input"])
        rule = kind("memories")
        assert torch.equal(recalled(world, rule), recalled(other, rule))


def test_great_noise_forgets_and_small_noise_is_as_none():
    world = memories(agents=500)
    for kind in KINDS:
        wild = recalled(world, kind("memories", noise=1e6))
        assert abs(float(wild.mean())) < 4 / wild.numel() ** 0.5
    cold = recalled(world, Recall("memories", noise=1e-9))
    decided = torch.einsum("aij,aj->ai", couplings(world), world["memories"]["output"]).abs() > 1e-6
    assert torch.equal(cold[decided], recalled(world, Recall("memories"))[decided])


@pytest.mark.parametrize("rule", RULES, ids=range(4))
def test_nothing_depends_on_how_many_agents_are_updated_at_once(rule):
    world = memories()
    whole = recalled(world, rule)
    for chunk in (3, 16, 40):
        small = replace(world["memories"], chunk=chunk)
        assert torch.equal(recalled(world.with_population(small), rule), whole)


@pytest.mark.parametrize("rule", RULES, ids=range(4))
def test_agents_recall_one_by_one_as_they_do_together(rule):
    world = memories()
    together, one = recalled(world, rule), world
    for agent in torch.randperm(40, generator=torch.Generator().manual_seed(2)).split(3):
        one = rule.apply(one, Acting("recall", agents=agent))
    assert torch.equal(one["memories"]["output"], together)


@pytest.mark.parametrize("rule", RULES, ids=range(4))
def test_a_replica_recalls_as_a_single_run_does(rule):
    world = memories(replicas=3)
    together = world.per_replica(recalled(world, rule))
    whole = world["memories"]
    for replica in range(3):
        part = slice(20 * replica, 20 * replica + 20)
        alone = replace(
            whole,
            replicas=1,
            weights={name: w[part] for name, w in whole.weights.items()},
            state={name: values[part] for name, values in whole.state.items()},
        )
        only = World(
            draws=Draws(world.draws.keys[replica : replica + 1]), populations={"memories": alone}
        )
        assert torch.equal(recalled(only, rule), together[replica])


def test_float32_stays_float32():
    for rule in RULES:
        assert recalled(memories(dtype=torch.float32), rule).dtype == torch.float32


@pytest.mark.parametrize(
    ("world", "rule", "kind", "text"),
    [
        (
            network(),
            AsynchronousRecall("memories"),
            ScenarioError,
            "rules.recall: a model without spins, Multilayer\n"
            "  expected: a memory whose units are spins, such as hopfield or dense_memory\n"
            "  fix: write 'recall', or 'model: {type: hopfield, ...}' under the population",
        ),
        (
            network(),
            Recall("memories", noise=0.1),
            ScenarioError,
            "rules.recall: cue or noise for a model without spins, Multilayer\n"
            "  expected: cue: 0 and noise: 0\n"
            "  fix: leave these out, or write 'model: {type: hopfield, ...}'",
        ),
        (
            network(4, 3),
            Recall("memories"),
            ShapeError,
            "rules.recall: a model from 4 to 3 numbers\n"
            "  expected: a memory, whose answer has the size of its input\n"
            "  fix: write 'model: {type: hopfield, ...}' under the population",
        ),
        (
            network(),
            Recall("memories", state="opinion"),
            StateError,
            "rules.recall: no column 'opinion' in population 'memories'\n"
            "  expected: a column of 4 numbers for each agent\n"
            "  fix: write 'inputs: {task: ..., corruption: 0.25}' under the population",
        ),
        (
            memories().with_state("memories", opinion=torch.zeros(40)),
            Recall("memories", state="opinion"),
            ShapeError,
            "rules.recall: column 'opinion' of shape (40,)\n"
            "  expected: (40, 30), one number per neuron\n"
            "  fix: make 'opinion' as wide as the model, or the model as wide as 'opinion'",
        ),
    ],
)
def test_what_cannot_work_is_refused_before_the_first_step(world, rule, kind, text):
    with pytest.raises(kind) as error:
        rule.prepare(world, ACTING)
    assert str(error.value) == text
