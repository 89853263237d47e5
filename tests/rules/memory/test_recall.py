"""Recall: synchronous and asynchronous updates, cue and noise, against couplings written out."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError, ShapeError, StateError
from netware.models.memories.hopfield import Hopfield
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.memory.recall import Recall, swept
from netware.world import World


ACTING = Acting("recall")
SMALL = Hopfield(30, 3)


def signs(*shape: int, seed: int, dtype=torch.float64) -> Tensor:
    drawn = torch.rand(shape, generator=torch.Generator().manual_seed(seed))
    return (drawn < 0.5).to(dtype) * 2 - 1


def memories(
    agents: int = 20,
    replicas: int = 2,
    model: Hopfield = SMALL,
    seed: int = 0,
    dtype=torch.float64,
) -> World:
    draws = Draws.of(seed, replicas)
    weights = model.init(draws.stream(Purpose.WEIGHTS, "memories", agents), dtype)
    shape = (agents * replicas, model.neurons)
    state = {
        "output": signs(*shape, seed=seed + 1, dtype=dtype),
        "input": signs(*shape, seed=seed + 2, dtype=dtype),
    }
    population = Population("memories", agents, replicas, model, weights, state, dtype=dtype)
    return World(draws=draws, populations={"memories": population})


def couplings(world: World) -> Tensor:
    """Writes every agent's J out: xi^T xi / N without its diagonal."""
    xi = world["memories"].weights["patterns"]
    matrix = xi.transpose(1, 2) @ xi / xi.shape[2]
    return matrix - torch.diag_embed(matrix.diagonal(dim1=1, dim2=2))


def energy(matrix: Tensor, s: Tensor) -> Tensor:
    return -0.5 * torch.einsum("ai,aij,aj->a", s, matrix, s)


def recalled(world: World, rule: Recall) -> Tensor:
    return rule.apply(rule.prepare(world, ACTING), ACTING)["memories"]["output"]


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


def test_units_without_any_field_keep_their_sign():
    world = memories(model=Hopfield(4, 1))
    nothing = {"patterns": torch.zeros(40, 1, 4, dtype=torch.float64)}
    world = world.with_weights("memories", nothing)
    quarter = world.with_state("memories", output=0.25 * world["memories"]["output"])
    for order in ("synchronous", "asynchronous"):
        rule = Recall("memories", order=order, updates=3)
        assert torch.equal(recalled(quarter, rule), world["memories"]["output"])


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
    rule, matrix = Recall("memories", order="asynchronous"), couplings(world)
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
    settled = recalled(world, Recall("memories", order="asynchronous"))
    assert (settled[:, 0] == settled[:, 1]).all()
    assert 5 < int((settled[:, 0] == 1).sum()) < 35, "each agent draws an order of its own"


def test_a_strong_cue_is_obeyed_and_no_cue_is_ignored():
    world = memories()
    for order in ("synchronous", "asynchronous"):
        obeyed = recalled(world, Recall("memories", cue=100.0, order=order))
        assert torch.equal(obeyed, world["memories"]["input"])
        other = world.with_state("memories", input=-world["memories"]["input"])
        rule = Recall("memories", order=order)
        assert torch.equal(recalled(world, rule), recalled(other, rule))


def test_noise_settles_into_the_boltzmann_distribution():
    """Glauber updates leave p(s) ~ exp(-E(s) / T) as it is; measured over 16 states."""
    temperature, model = 0.7, Hopfield(4, 2)
    world = memories(agents=20_000, replicas=1, model=model)
    xi = torch.tensor([[1.0, 1.0, 1.0, -1.0], [1.0, -1.0, 1.0, 1.0]]).double()
    world = world.with_weights("memories", {"patterns": xi.expand(20_000, 2, 4)})
    rule = Recall("memories", order="asynchronous", noise=temperature, updates=15)
    s = recalled(world, rule)
    states = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0]).double()] * 4)
    matrix = couplings(world)[:1].expand(16, 4, 4)
    boltzmann = torch.softmax(-energy(matrix, states) / temperature, 0)
    number = ((s > 0).double() @ torch.tensor([8.0, 4.0, 2.0, 1.0]).double()).long()
    share = number.bincount(minlength=16).double() / len(s)
    error = (boltzmann * (1 - boltzmann) / len(s)).sqrt()
    assert ((share - boltzmann).abs() < 4 * error).all()
    assert ((share - 1 / 16).abs() > 4 * error).any(), "a uniform distribution would not pass"


def test_great_noise_forgets_and_small_noise_is_as_none():
    world = memories(agents=500)
    for order in ("synchronous", "asynchronous"):
        wild = recalled(world, Recall("memories", noise=1e6, order=order))
        assert abs(float(wild.mean())) < 4 / wild.numel() ** 0.5
    cold = recalled(world, Recall("memories", noise=1e-9))
    decided = torch.einsum("aij,aj->ai", couplings(world), world["memories"]["output"]).abs() > 1e-6
    assert torch.equal(cold[decided], recalled(world, Recall("memories"))[decided])


RULES = [
    Recall("memories", updates=3),
    Recall("memories", updates=2, cue=0.3, noise=0.5),
    Recall("memories", updates=2, order="asynchronous"),
    Recall("memories", order="asynchronous", cue=0.3, noise=0.5),
]


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


def test_the_world_given_is_left_as_it_was_and_steps_draw_anew():
    world = memories()
    before = {name: values.clone() for name, values in world["memories"].state.items()}
    rule = Recall("memories", noise=2.0, order="asynchronous")
    first, again, later = (recalled(w, rule) for w in (world, world, world.advanced()))
    for name, values in before.items():
        assert torch.equal(world["memories"][name], values)
    assert torch.equal(first, again)
    assert not torch.equal(first, later)


def test_float32_stays_float32():
    for rule in RULES:
        assert recalled(memories(dtype=torch.float32), rule).dtype == torch.float32


def network(inputs: int = 4, outputs: int = 4) -> World:
    model, draws = Multilayer(inputs, outputs, (5,)), Draws.of(0)
    weights = model.init(draws.stream(Purpose.WEIGHTS, "memories", 6), torch.float32)
    state = {"output": signs(6, inputs, seed=1, dtype=torch.float32)}
    population = Population("memories", 6, 1, model, weights, state)
    return World(draws=draws, populations={"memories": population})


def test_a_model_without_spins_recalls_by_its_forward_pass():
    world = network()
    population = world["memories"]
    once = population.forward(population["output"][:, None])
    twice = population.forward(once)[:, 0]
    assert torch.equal(recalled(world, Recall("memories", updates=2)), twice)


@pytest.mark.parametrize(
    ("world", "rule", "kind", "text"),
    [
        (
            network(),
            Recall("memories", order="asynchronous"),
            ScenarioError,
            "rules.recall: order, cue or noise for a model without spins, Multilayer\n"
            "  expected: order: synchronous, cue: 0 and noise: 0\n"
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
