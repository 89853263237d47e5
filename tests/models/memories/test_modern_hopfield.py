"""Modern Hopfield network: what it stores, what it is shown, and where beta leads."""

from math import exp

import pytest
import torch

from netware.draws import Draws, Purpose
from netware.models.memories.modern_hopfield import ModernHopfield
from netware.tasks.base import Examples


def patterns(seed: int, *shape: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def test_an_update_and_an_energy_are_those_written_out():
    model, x, s = ModernHopfield(5, 4, 0.7), patterns(1, 2, 4, 5), patterns(2, 2, 3, 5)
    weights = {"patterns": x}
    updated, energy = model.forward(weights, s, {}), model.energy(weights, s)
    for agent in range(2):
        longest = max(float(row.norm()) for row in x[agent])
        for sample in range(3):
            likeness = [0.7 * float(row @ s[agent, sample]) for row in x[agent]]
            total = sum(map(exp, likeness))
            mixed = sum(exp(a) / total * row for a, row in zip(likeness, x[agent], strict=True))
            torch.testing.assert_close(updated[agent, sample], mixed)
            own = float(s[agent, sample] @ s[agent, sample])
            value = -torch.log(torch.tensor(total / 4)) / 0.7 + own / 2 + longest**2 / 2
            assert float(energy[agent, sample]) == pytest.approx(float(value))


def test_of_two_orthonormal_patterns_the_first_has_the_weight_of_a_logistic_function():
    for beta in (0.5, 2.0, 6.0):
        x = torch.eye(2, dtype=torch.float64)[None]
        found = ModernHopfield(2, 2, beta).forward({"patterns": x}, x[:, :1], {})[0, 0, 0]
        assert float(found) == pytest.approx(1 / (1 + exp(-beta)))


def test_it_stores_real_numbers_as_they_are_and_shows_them_mixed():
    x = patterns(3, 2, 6, 8).float()
    examples, model = Examples(x, x, "patterns"), ModernHopfield(8, 4)
    replica = torch.tensor([0, 0, 0, 1, 1, 1])
    weights = model.store(dict, examples, replica)
    assert torch.equal(weights["patterns"], x[replica, :4])
    stream = Draws.of(1, 2).stream(Purpose.CORRUPTION, "them", 3)
    clean, target = model.presented(examples, "own", 0.0, stream)
    assert torch.equal(clean, target)
    cue, target = model.presented(examples, "own", 0.5, stream)
    for agent in range(6):
        stored = x[replica[agent], :4]
        assert bool((stored == target[agent]).all(1).any())
        assert bool((stored == cue[agent]).any(0).all())
    assert not torch.equal(cue, target)


def test_large_beta_finds_one_pattern_and_small_beta_the_mean_of_all():
    x = patterns(4, 1, 50, 64)
    x = 8 * x / x.norm(dim=2, keepdim=True)
    cue = x[:, :20] + 0.3 * patterns(5, 1, 20, 64)
    found = ModernHopfield(64, 50, 1.0).forward({"patterns": x}, cue, {})
    torch.testing.assert_close(found, x[:, :20], rtol=0, atol=1e-3)
    blurred = ModernHopfield(64, 50, 1e-6).forward({"patterns": x}, cue, {})
    torch.testing.assert_close(
        blurred, x.mean(1, keepdim=True).expand(1, 20, 64), rtol=0, atol=1e-3
    )
