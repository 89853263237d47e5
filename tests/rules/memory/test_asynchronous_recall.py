"""Asynchronous recall: unit after unit, against couplings written out."""

import torch

from netware.models.memories.hopfield import Hopfield
from netware.rules.memory.asynchronous_recall import AsynchronousRecall, swept
from netware.rules.memory.recall import Recall
from tests.rules.memories import couplings, energy, memories, recalled


def test_asynchronous_updates_go_unit_by_unit_and_never_up_in_energy():
    world = memories(agents=10, model=Hopfield(60, 12))
    model, weights = world["memories"].wrapped(), world["memories"].weights
    assert isinstance(model, Hopfield)
    before, matrix = world["memories"]["output"], couplings(world)
    order = torch.rand(20, 60, generator=torch.Generator().manual_seed(8)).argsort(1)
    after = swept(model, weights, before, torch.zeros_like(before), order)
    s, every = before.clone(), torch.arange(20)
    for unit in order.T:
        field = torch.einsum("aj,aj->a", matrix[every, unit], s)
        new = torch.where(field.abs() < 1e-12, s[every, unit], field.sign())
        lower = energy(matrix, s)
        s[every, unit] = new
        assert (energy(matrix, s) <= lower + 1e-12).all()
    assert torch.equal(after, s)
    assert not torch.equal(after, swept(model, weights, before, 0 * before, order.flip(1)))


def test_a_sweep_from_real_states_never_goes_up_in_energy():
    world = memories(agents=10, model=Hopfield(60, 12))
    real = torch.rand(20, 60, generator=torch.Generator().manual_seed(3)).double() * 2 - 1
    rule, matrix = AsynchronousRecall("memories"), couplings(world)
    after = recalled(world.with_state("memories", output=real), rule)
    assert set(after.unique().tolist()) == {-1.0, 1.0}
    assert (energy(matrix, after) < energy(matrix, real)).all()


def test_synchronous_recall_may_cycle_where_asynchronous_settles():
    xi = torch.ones(40, 1, 2, dtype=torch.float64)
    world = memories(model=Hopfield(2, 1)).with_weights("memories", {"patterns": xi})
    world = world.with_state("memories", output=torch.tensor([[1.0, -1.0]] * 40).double())
    start = world["memories"]["output"]
    assert torch.equal(recalled(world, Recall("memories", updates=1)), -start)
    assert torch.equal(recalled(world, Recall("memories", updates=2)), start)
    settled = recalled(world, AsynchronousRecall("memories"))
    assert (settled[:, 0] == settled[:, 1]).all()
    assert 5 < int((settled[:, 0] == 1).sum()) < 35, "each agent draws an order of its own"


def test_noise_settles_into_the_boltzmann_distribution():
    """Glauber updates leave p(s) ~ exp(-E(s) / T) as it is; measured over 16 states."""
    temperature, model = 0.7, Hopfield(4, 2)
    world = memories(agents=20_000, replicas=1, model=model)
    xi = torch.tensor([[1.0, 1.0, 1.0, -1.0], [1.0, -1.0, 1.0, 1.0]]).double()
    world = world.with_weights("memories", {"patterns": xi.expand(20_000, 2, 4)})
    rule = AsynchronousRecall("memories", noise=temperature, updates=15)
    s = recalled(world, rule)
    states = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0]).double()] * 4)
    matrix = couplings(world)[:1].expand(16, 4, 4)
    boltzmann = torch.softmax(-energy(matrix, states) / temperature, 0)
    number = ((s > 0).double() @ torch.tensor([8.0, 4.0, 2.0, 1.0]).double()).long()
    share = number.bincount(minlength=16).double() / len(s)
    error = (boltzmann * (1 - boltzmann) / len(s)).sqrt()
    assert ((share - boltzmann).abs() < 4 * error).all()
    assert ((share - 1 / 16).abs() > 4 * error).any(), "a uniform distribution would not pass"


def test_the_world_given_is_left_as_it_was_and_steps_draw_anew():
    world = memories()
    before = {name: values.clone() for name, values in world["memories"].state.items()}
    rule = AsynchronousRecall("memories", noise=2.0)
    first, again, later = (recalled(w, rule) for w in (world, world, world.advanced()))
    for name, values in before.items():
        assert torch.equal(world["memories"][name], values)
    assert torch.equal(first, again)
    assert not torch.equal(first, later)
