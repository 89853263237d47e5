"""Hopfield network: the pattern form against couplings written out, and what is stored."""

import numpy as np
import pytest
import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.errors import ShapeError
from netware.models.memories.hopfield import Hopfield
from netware.models.memories.memory import ByUnit, aligned, sums_of
from netware.tasks.base import Examples, shared
from netware.tasks.digits import Digits


def random_spins(shape: tuple[int, ...], seed: int, dtype=torch.float64) -> Tensor:
    drawn = torch.rand(shape, generator=torch.Generator().manual_seed(seed))
    return (drawn < 0.5).to(dtype) * 2 - 1


def real_states(shape: tuple[int, ...], seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def couplings(model: Hopfield, xi: np.ndarray) -> np.ndarray:
    """Writes J out, from its definition: xi^T xi / N, or the projector on the patterns."""
    learned = xi.T @ xi / model.neurons
    if model.learning == "pseudo_inverse":
        learned = np.linalg.pinv(xi) @ xi
    if model.self_coupling == "none":
        np.fill_diagonal(learned, 0)
    return learned


@pytest.mark.parametrize("learning", ["hebbian", "pseudo_inverse"])
@pytest.mark.parametrize("self_coupling", ["none", "kept"])
@pytest.mark.parametrize("samples", [1, 5])
def test_the_pattern_form_is_the_matrix_form(learning, self_coupling, samples):
    model = Hopfield(50, 7, learning, self_coupling)
    xi, s = random_spins((4, 7, 50), 1), real_states((4, samples, 50), 2)
    weights = model.learned(xi)
    field, energy = model.local_fields(weights)(s), model.energy(weights, s)
    updated = model.forward(weights, s, {})
    for agent in range(4):
        matrix = torch.from_numpy(couplings(model, xi[agent].numpy()))
        expected = s[agent] @ matrix
        torch.testing.assert_close(field[agent], expected, rtol=0, atol=1e-12)
        torch.testing.assert_close(updated[agent], expected.sign())
        torch.testing.assert_close(energy[agent], -0.5 * (expected * s[agent]).sum(1))


@pytest.mark.parametrize("learning", ["hebbian", "pseudo_inverse"])
@pytest.mark.parametrize("self_coupling", ["none", "kept"])
def test_the_field_on_one_unit_is_that_unit_of_the_whole_field(learning, self_coupling):
    model = Hopfield(20, 3, learning, self_coupling)
    weights, s = model.learned(random_spins((6, 3, 20), 3)), real_states((6, 20), 4)
    unit = torch.tensor([0, 19, 7, 7, 3, 12])
    own, sums = s[torch.arange(6), unit], sums_of(weights, s[:, None])[:, 0]
    xi = weights["patterns"][torch.arange(6), :, unit]
    assert torch.equal(ByUnit.of(weights["patterns"]).at(unit), xi)
    found = model.unit_fields(weights)(unit, own, xi, sums)
    expected = model.local_fields(weights)(s[:, None])[torch.arange(6), 0, unit]
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("learning", ["hebbian", "pseudo_inverse"])
def test_net_1_batched_agents_equal_a_loop_over_agents(learning):
    model = Hopfield(128, 10, learning)
    weights = model.learned(random_spins((40, 10, 128), 5, torch.float32))
    s = real_states((40, 1, 128), 6).float()
    batched = model.local_fields(weights)(s)
    for agent in range(40):
        alone = {name: w[agent : agent + 1] for name, w in weights.items()}
        one = model.local_fields(alone)(s[agent : agent + 1])
        torch.testing.assert_close(batched[agent : agent + 1], one, rtol=0, atol=1e-5)
    other = {name: w.roll(1, 0) for name, w in weights.items()}
    assert (batched - model.local_fields(other)(s)).abs().max() > 0.1


def test_a_unit_without_field_keeps_its_sign():
    states = torch.tensor([[1.0, -1.0, 0.25, 1.0]])
    field = torch.tensor([[0.0, 0.0, 0.0, -2.0]])
    assert aligned(field, states).tolist() == [[1.0, -1.0, 1.0, -1.0]]
    model = Hopfield(2, 2)
    weights = model.learned(torch.tensor([[[1.0, 1.0], [1.0, -1.0]]]))
    s = torch.tensor([[[1.0, -1.0]]])
    assert torch.equal(model.forward(weights, s, {}), s), "the two patterns cancel: J = 0"


def test_patterns_never_taught_are_random_signs_of_each_agent():
    model, draws = Hopfield(100, 20), Draws.of(3, replicas=3)
    xi = model.init(draws.stream(Purpose.WEIGHTS, "memories", 5), torch.float64)["patterns"]
    assert xi.shape == (15, 20, 100) and xi.dtype == torch.float64
    assert set(xi.unique().tolist()) == {-1.0, 1.0}
    assert abs(float(xi.mean())) < 4 / 30000**0.5
    overlaps = torch.einsum("api,bpi->ab", xi, xi) / 2000
    assert (overlaps - torch.eye(15)).abs().max() < 5 / 2000**0.5
    alone = Draws(draws.keys[2:]).stream(Purpose.WEIGHTS, "memories", 5)
    assert torch.equal(xi[10:], model.init(alone, torch.float64)["patterns"])


def examples(inputs: Tensor) -> Examples:
    return Examples(inputs, inputs, "patterns")


def test_agents_store_the_patterns_of_their_own_replica():
    xi = random_spins((3, 6, 30), 7)
    replica = torch.tensor([0, 0, 1, 1, 2, 2])
    for learning in ("hebbian", "pseudo_inverse"):
        model = Hopfield(30, 4, learning)
        weights = model.store(dict, examples(xi), replica)
        assert set(weights) == set(model.weight_shapes())
        assert torch.equal(weights["patterns"], xi[replica, :4])
        expected = model.learned(xi[replica, :4])
        for name in weights:
            torch.testing.assert_close(weights[name], expected[name])


@pytest.mark.parametrize("learning", ["hebbian", "pseudo_inverse"])
@pytest.mark.parametrize("replicas", [1, 4])
def test_agents_taught_one_set_share_its_memory_and_lose_nothing_by_it(learning, replicas):
    model = Hopfield(64, 5, learning)
    digits = Digits().make("digits", Draws.of(0, replicas), torch.float32).train
    replica = torch.arange(replicas).repeat_interleave(100)
    weights = model.store(dict, digits, replica)
    copies = {name: w.contiguous() for name, w in weights.items()}
    assert all(w.untyped_storage().nbytes() == 5 * 64 * 4 for w in weights.values())
    s = real_states((len(replica), 1, 64), 8).float()
    assert torch.equal(model.local_fields(weights)(s), model.local_fields(copies)(s))
    assert torch.equal(model.energy(weights, s), model.energy(copies, s))


def test_only_the_pseudo_inverse_keeps_digits_that_resemble_each_other():
    digits = Digits().make("digits", Draws.of(0), torch.float32).train
    kept = {}
    for learning in ("hebbian", "pseudo_inverse"):
        model = Hopfield(64, 10, learning)
        weights = model.store(dict, digits, torch.tensor([0]))
        xi = weights["patterns"]
        kept[learning] = int((model.forward(weights, xi, {}) == xi).all(2).sum())
    assert kept["pseudo_inverse"] == 10
    assert kept["hebbian"] <= 3


def test_patterns_that_repeat_do_not_break_the_pseudo_inverse():
    xi = random_spins((1, 2, 40), 9, torch.float32)
    model = Hopfield(40, 4, "pseudo_inverse")
    weights = model.learned(torch.cat([xi, xi], 1))
    assert torch.equal(model.forward(weights, xi, {}), xi)


def test_a_memory_waits_until_it_is_asked():
    model = Hopfield(64, 3)
    assert not model.responds
    assert (model.input_size(), model.output_size(), model.parameter_count()) == (64, 64, 192)
    assert model.flops() == 4 * 3 * 64


def test_a_task_of_another_size_is_refused():
    with pytest.raises(ShapeError) as error:
        Hopfield(10, 2).store(dict, examples(random_spins((1, 6, 30), 7)), torch.tensor([0]))
    assert str(error.value) == (
        "model.neurons: 10 neurons for patterns of 30 numbers\n"
        "  expected: one neuron per number of the task's input\n"
        "  fix: write 'neurons: 30'"
    )


def test_what_a_memory_is_shown_is_a_stored_pattern_with_signs_changed():
    model, draws = Hopfield(64, 4), Draws.of(5, 2)
    digits = Digits().make("digits", draws, torch.float32).train
    stream = draws.stream(Purpose.CORRUPTION, "memories", 50)
    given, target = model.presented(digits, "own", 0.25, stream)
    stored = model.store(dict, shared_once(digits), torch.tensor([0]))["patterns"][0]
    assert (target[:, None] == stored).all(2).any(1).all()
    assert 0.2 < float((given != target).float().mean()) < 0.3


def shared_once(digits: Examples) -> Examples:
    return Examples(shared(digits.inputs[0], 1), shared(digits.targets[0], 1), digits.goal)
