"""Energy: of each agent, per neuron, against the sum over pairs of units."""

from dataclasses import replace

import pytest
import torch

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.models.memories.hopfield import Hopfield
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.probes.memory.energy import Energy
from netware.world import World


def world(model: Hopfield, agents: int = 6, replicas: int = 2) -> World:
    draws = Draws.of(1, replicas)
    weights = model.init(draws.stream(Purpose.WEIGHTS, "memories", agents), torch.float64)
    generator = torch.Generator().manual_seed(2)
    shape = (agents * replicas, model.neurons)
    s = (torch.rand(shape, generator=generator) < 0.5).double() * 2 - 1
    population = Population("memories", agents, replicas, model, weights, {"output": s})
    return World(draws=draws, populations={"memories": population})


def test_the_energy_is_minus_the_sum_over_pairs_of_units():
    model = Hopfield(8, 3)
    made = world(model)
    xi, s = made["memories"].weights["patterns"], made["memories"]["output"]
    expected = torch.zeros(12, dtype=torch.float64)
    for i in range(8):
        for j in range(i):
            expected -= (xi[:, :, i] * xi[:, :, j]).sum(1) / 8 * s[:, i] * s[:, j]
    read = Energy("memories").read(made)
    torch.testing.assert_close(read["energy"], expected.view(2, 6) / 8)
    torch.testing.assert_close(read["mean"], read["energy"].mean(1))
    assert torch.equal(read["lowest"], read["energy"].min(1).values)
    assert set(read) == set(Energy.quantities)


def test_a_stored_pattern_lies_deep_and_a_random_state_does_not():
    """E / N = -1/2 (1 - P/N) + crosstalk in a pattern; about 0 in a state it never saw."""
    model = Hopfield(400, 4)
    made = world(model)
    xi = made["memories"].weights["patterns"]
    deep = Energy("memories").read(made.with_state("memories", output=xi[:, 0].contiguous()))
    shallow = Energy("memories").read(made)
    assert (deep["mean"] + 0.5).abs().max() < 0.02
    assert shallow["mean"].abs().max() < 0.02


def test_nothing_depends_on_the_chunk():
    made = world(Hopfield(50, 5, "pseudo_inverse"))
    whole = Energy("memories").read(made)["energy"]
    for chunk in (1, 5, 12):
        part = made.with_population(replace(made["memories"], chunk=chunk))
        assert torch.equal(Energy("memories").read(part)["energy"], whole)


def test_a_model_without_energy_is_refused():
    population = Population("nets", 2, 1, Multilayer(3, 3), {}, {"output": torch.zeros(2, 3)})
    with pytest.raises(ScenarioError) as error:
        Energy("nets").read(World(draws=Draws.of(0), populations={"nets": population}))
    assert str(error.value) == (
        "probes: Energy.on: agents of 'nets' with a Multilayer\n"
        "  expected: agents whose model is a memory, such as hopfield\n"
        "  fix: name another population, or write 'model: {type: hopfield, ...}'"
    )
