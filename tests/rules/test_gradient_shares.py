"""Gradient learning from shares: every agent learns from its own examples and no others."""

import pytest
import torch

from netware.learning.optimisers.sgd import Sgd
from netware.learning.shards import partitioned
from netware.models.multilayer import Multilayer
from netware.population import rows
from netware.rules.learning.gradient import Gradient
from netware.tasks.base import Examples, TaskData
from tests.rules.learners import drawn, examples, learnt, world_of


NET = Multilayer(4, 3, (5,))
AGENTS, REPLICAS = 4, 2


@pytest.mark.parametrize("share", ["random", "by_class"])
def test_each_agent_learns_as_if_its_share_were_the_whole_task(share):
    data = examples(5, REPLICAS, 18, (4, 3), "classes")
    people = drawn(NET, AGENTS, REPLICAS)
    world = world_of(people, data=data)
    rule = Gradient("nets", "task", share, optimiser=Sgd(rate=0.1))
    together = learnt(world, rule, 3)["nets"].weights
    own = partitioned(data.train, share, AGENTS, world.draws, "task")
    for agent in range(AGENTS * REPLICAS):
        part = Examples(own.inputs[agent][None], own.targets[agent][None], "classes")
        lone = drawn(NET, 1).with_weights(rows(people.weights, agent, 1))
        alone = learnt(
            world_of(lone, data=TaskData(part, part)),
            Gradient("nets", "task", optimiser=Sgd(rate=0.1)),
            3,
        )
        for name, values in alone["nets"].weights.items():
            torch.testing.assert_close(together[name][agent], values[0], rtol=1e-5, atol=1e-6)


def test_minibatches_of_a_share_go_through_all_of_it_in_another_order_each():
    data = examples(6, REPLICAS, 40, (4, 3), "classes")
    world = world_of(drawn(NET, AGENTS, REPLICAS), data=data)
    rule = Gradient("nets", "task", "random", optimiser=Sgd(rate=0.1), batch=3)
    one, two = (learnt(world, rule, steps)["nets"].weights["w1"] for steps in (1, 2))
    assert not torch.equal(one, two)
    # A pass in minibatches of nearly no rate adds up to the whole share's gradient.
    slow = Gradient("nets", "task", "random", optimiser=Sgd(rate=1e-5), batch=5)
    whole = Gradient("nets", "task", "random", optimiser=Sgd(rate=2e-5))
    start = world["nets"].weights["w1"]
    in_parts, at_once = (
        learnt(world, rule)["nets"].weights["w1"] - start for rule in (slow, whole)
    )
    assert (in_parts - at_once).abs().max() < 0.02 * at_once.abs().max()
