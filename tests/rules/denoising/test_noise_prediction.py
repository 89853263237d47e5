from dataclasses import replace

import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError, ShapeError
from netware.learning.optimisers.adam import Adam
from netware.learning.optimisers.sgd import Sgd
from netware.learning.shards import partitioned
from netware.models.denoisers.base import AbstractDenoiser, shown
from netware.models.denoisers.denoiser import Denoiser
from netware.models.denoisers.gaussian_denoiser import GaussianDenoiser
from netware.rules.denoising.noise_prediction import NoisePrediction, noisy
from netware.tasks.base import TaskData
from netware.tasks.gaussian_mixture import GaussianMixture
from netware.world import World
from tests.rules.learners import LEARN, drawn, learnt, world_of


MODEL = Denoiser(1, (24, 24), 6)


def data(replicas: int = 1, **given) -> TaskData:
    return GaussianMixture(**given).make("task", Draws.of(3, replicas), torch.float32)


def error(world: World, model: AbstractDenoiser = MODEL) -> torch.Tensor:
    """Returns each agent's error on noise that the test draws."""
    chance = torch.Generator().manual_seed(9)
    x = world.examples["task"].test.inputs[:1, :1000].expand(world["nets"].total, -1, -1)
    eps = torch.randn(x.shape, generator=chance)
    level = torch.randint(1, model.levels + 1, x.shape[:2], generator=chance)
    told = world["nets"].forward(shown(noisy(model, x, eps, level), level))
    return (told - eps).square().mean((1, 2))


def test_learning_lowers_the_error_of_every_agent_below_that_of_a_gaussian_guess() -> None:
    world = world_of(drawn(MODEL, 3), data=data())
    rule = NoisePrediction("nets", "task", optimiser=Adam(rate=5e-3), batch=128, batches=400)
    before, after = error(world), error(learnt(world, rule))
    guess = GaussianDenoiser(1, 0.1, 1.965)
    exact = error(world_of(drawn(guess, 3), data=data()), guess)
    assert bool((before > 0.9).all())
    assert bool((after < exact).all())


def test_the_gradient_is_that_of_the_noise_that_was_drawn() -> None:
    """One step of plain descent, its minibatch drawn again from the rule's own numbers."""
    world = world_of(drawn(MODEL, 2, 2), data=data(2))
    rule = NoisePrediction("nets", "task", optimiser=Sgd(rate=0.1), batch=6)
    after = learnt(world, rule)["nets"].weights
    nets, every = world["nets"], torch.arange(4)
    inputs, eps = rule.minibatch(world, LEARN, world.examples["task"].train, every, 0)
    own = {name: w.clone().requires_grad_() for name, w in nets.weights.items()}
    loss = (MODEL.forward(own, inputs, {}) - eps).square().mean((1, 2)).sum()
    slopes = torch.autograd.grad(loss, list(own.values()))
    for (name, w), slope in zip(nets.weights.items(), slopes, strict=True):
        assert torch.allclose(after[name], w - 0.1 * slope, rtol=0, atol=1e-6)


def test_every_agent_has_draws_of_its_own_and_sees_its_replica_s_examples() -> None:
    world = world_of(drawn(MODEL, 2, 2), data=data(2))
    rule = NoisePrediction("nets", "task", batch=500)
    train = world.examples["task"].train
    inputs, eps = rule.minibatch(world, LEARN, train, torch.arange(4), 0)
    assert not torch.equal(inputs[0], inputs[1])
    level = inputs[..., 1].long()
    assert int(level.min()) >= 1 and int(level.max()) <= 1000
    signal, noise = (one[..., None] for one in MODEL.schedule.marginal(level, torch.float32))
    x = ((inputs[..., :1] - noise * eps) / signal)[level < 100]
    replica = torch.tensor([0, 0, 1, 1])[:, None].expand(4, 500)[level < 100]
    for own in range(2):
        known = train.inputs[own, :, 0]
        nearest = (x[replica == own] - known).abs().amin(1)
        assert bool((nearest < 1e-5).all())


def test_shares_by_class_show_each_agent_one_mode() -> None:
    world = world_of(drawn(MODEL, 2), data=data(weights=(0.5, 0.5)))
    rule = NoisePrediction("nets", "task", share="by_class", batch=400)
    train, nets = world.examples["task"].train, world["nets"]
    own = partitioned(train, "by_class", nets.agents, world.draws, "task")
    inputs, eps = rule.minibatch(world, LEARN, own, torch.arange(2), 0)
    level = inputs[..., 1].long()
    signal, noise = (one[..., None] for one in MODEL.schedule.marginal(level, torch.float32))
    x = ((inputs[..., :1] - noise * eps) / signal)[..., 0]
    early = level < 300
    left = [float((x[agent][early[agent]] < -0.5).float().mean()) for agent in range(2)]
    assert sorted(left)[0] < 0.05 and sorted(left)[1] > 0.95
    learnt(world, rule)


def test_the_world_it_learns_in_is_not_written_into() -> None:
    world = world_of(drawn(MODEL, 2), data=data())
    before = {name: w.clone() for name, w in world["nets"].weights.items()}
    learnt(world, NoisePrediction("nets", "task"))
    for name, w in world["nets"].weights.items():
        assert torch.equal(w, before[name])


def test_examples_of_another_size_are_refused() -> None:
    world = world_of(drawn(Denoiser(2), 2), data=data())
    with pytest.raises(ShapeError) as refusal:
        NoisePrediction("nets", "task").prepare(world, LEARN)
    assert str(refusal.value) == (
        "rules.learn.task: examples of 1 numbers, for denoisers of 2\n"
        "  expected: 2 = 1\n"
        "  fix: write 'features: 1' under populations.nets.model"
    )


def test_a_share_that_has_no_classes_is_refused() -> None:
    plain = data()
    plain = TaskData(replace(plain.train, goal="numbers"), plain.test)
    with pytest.raises(ScenarioError, match="by_class, but the targets of 'task' are numbers"):
        NoisePrediction("nets", "task", share="by_class").prepare(
            world_of(drawn(MODEL, 2), data=plain), LEARN
        )
