"""Recall: all units at once, against couplings written out."""

import pytest
import torch

from netware.rules.memory.recall import Recall
from tests.rules.memories import couplings, memories, network, recalled


@pytest.mark.parametrize("updates", [1, 4])
@pytest.mark.parametrize("cue", [0.0, 0.4])
def test_synchronous_updates_are_signs_of_the_field(updates, cue):
    world = memories()
    matrix, x = couplings(world), world["memories"]["input"]
    expected = world["memories"]["output"]
    for _ in range(updates):
        field = torch.einsum("aij,aj->ai", matrix, expected) + cue * x
        field = torch.where(field.abs() < 1e-12, 0, field)
        expected = torch.where(field == 0, expected, field.sign())
    assert torch.equal(recalled(world, Recall("memories", updates=updates, cue=cue)), expected)


def test_a_real_state_is_recalled_by_its_own_field():
    world = memories()
    mean = 0.3 * world["memories"]["output"] + 0.1234567 * world["memories"]["input"]
    after = recalled(world.with_state("memories", output=mean), Recall("memories"))
    assert torch.equal(after, torch.einsum("aij,aj->ai", couplings(world), mean).sign())
    assert not torch.equal(after, recalled(world, Recall("memories")))


def test_a_model_without_spins_recalls_by_its_forward_pass():
    world = network()
    population = world["memories"]
    once = population.forward(population["output"][:, None])
    twice = population.forward(once)[:, 0]
    assert torch.equal(recalled(world, Recall("memories", updates=2)), twice)
