"""Local elasticity: a linear classifier has a closed form; other models go step by step."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.models.multilayer import Multilayer
from netware.models.neurashed.neurashed import Neurashed
from netware.models.urn import Urn
from netware.population import Population
from netware.probes.information.local_elasticity import LocalElasticity, elasticities
from netware.tasks.base import Examples
from netware.tasks.one_hot import OneHot
from tests.rules.learners import drawn, examples, sequential, world_of


def doubled(population: Population) -> Population:
    weights = {name: w.double() for name, w in population.weights.items()}
    return Population("nets", population.agents, population.replicas, population.model, weights)


def leverage(x: Tensor) -> Tensor:
    """Returns |x . x' + 1| / (x . x + 1), bases in rows."""
    product = x @ x.transpose(-1, -2) + 1
    return product.abs() / product.diagonal(dim1=-2, dim2=-1)[..., None]


@pytest.mark.parametrize("rate", [1e-3, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_a_linear_classifier_has_leverage(seed: int, rate: float) -> None:
    population = doubled(drawn(Multilayer(4, 3), 2, replicas=2, seed=seed))
    data = examples(seed, 2, 7, (4, 3), "classes").train
    x, t = data.inputs.double(), data.targets.double()
    own = type(data)(x, t, "classes").of(population.replica)
    found = elasticities(population, own, "cross_entropy", rate)
    torch.testing.assert_close(found, leverage(own.inputs), rtol=1e-8, atol=1e-8)
    assert found.max() > 1
    # The control: a hidden layer is no linear classifier.
    deep = doubled(drawn(Multilayer(4, 3, (8,)), 2, replicas=2, seed=seed))
    other = elasticities(deep, own, "cross_entropy", rate)
    assert (other - leverage(own.inputs)).abs().max() > 0.1


def test_a_step_is_that_of_pytorch_on_each_network_alone() -> None:
    net = Multilayer(5, 3, (6, 4))
    population = drawn(net, 3, replicas=2)
    data = examples(4, 2, 6, (5, 3), "classes")
    own = data.test.of(population.replica)
    found = elasticities(population, own, "cross_entropy", 0.1)
    for agent in range(6):
        for base in range(6):
            plain = sequential(net, dict(population.weights), agent)
            x, t = own.inputs[agent], own.targets[agent]
            before = plain(x).detach()
            loss = torch.nn.functional.cross_entropy(plain(x[base][None]), t[base][None])
            slopes = torch.autograd.grad(loss, list(plain.parameters()))
            with torch.no_grad():
                for weight, slope in zip(plain.parameters(), slopes, strict=True):
                    weight -= 0.1 * slope
            change = (plain(x).detach() - before).norm(dim=1)
            torch.testing.assert_close(
                found[agent, base], change / change[base], rtol=1e-3, atol=1e-4
            )


@pytest.mark.parametrize(
    "model",
    [Multilayer(8, 2, (6,)), Urn(8, 2, 14, 3, activation="tanh"), Neurashed(amplification=1.0)],
    ids=["multilayer", "urn", "neurashed"],
)
def test_pairs_are_averaged_within_and_between_classes_of_any_model(model) -> None:
    population = drawn(model, 3)
    data = OneHot(labels=(0, 1, 0, 0, 1, 1, 0, 1)).make("task", Draws.of(3), torch.float32)
    world = world_of(population, data=data)
    found = LocalElasticity("nets", "task", samples=6).read(world)
    first = data.test.rows(torch.arange(6)).of(population.replica)
    pairs = elasticities(population, first, "cross_entropy", 0.01)
    labels = [0, 1, 0, 0, 1, 1]
    for agent in range(3):
        within, between = [], []
        for i in range(6):
            for j in range(6):
                if i != j:
                    (within if labels[i] == labels[j] else between).append(pairs[agent, i, j])
        torch.testing.assert_close(found["within_each"][0, agent], torch.stack(within).mean())
        torch.testing.assert_close(found["between_each"][0, agent], torch.stack(between).mean())
    torch.testing.assert_close(found["within"], found["within_each"].mean(1))
    assert found["within"].isfinite().all() and found["between"].isfinite().all()
    assert set(found) == set(LocalElasticity.quantities)


def test_the_features_that_two_samples_share_make_them_elastic() -> None:
    population = drawn(Neurashed(initial="constant", amplification=0.5), 2)
    data = OneHot(labels=(0, 0, 0, 0, 1, 1, 1, 1)).make("task", Draws.of(3), torch.float32)
    found = LocalElasticity("nets", "task").read(world_of(population, data=data))
    # Classes of figure 5 share no feature: learning one leaves the other's answers alone.
    assert found["within"].item() > 0.3
    assert found["between"].item() == 0.0


def test_what_has_no_pairs_is_no_number() -> None:
    data = OneHot(labels=(0, 1)).make("task", Draws.of(3), torch.float32)
    world = world_of(drawn(Multilayer(2, 2), 3), data=data)
    found = LocalElasticity("nets", "task").read(world)
    assert found["within"].isnan().all() and found["between"].isfinite().all()


def test_a_base_that_moves_nothing_is_left_out() -> None:
    # One unit, which is dead for the first input: that one moves nothing, not even itself.
    net = Multilayer(3, 2, (1,), bias="none")
    population = drawn(net, 2)
    w1 = torch.tensor([-1.0, 1.0, 2.0])[None, :, None].expand(2, -1, -1).contiguous()
    data = OneHot(labels=(0, 0, 0)).make("task", Draws.of(3), torch.float32)
    data = type(data)(*(one_more_class(half) for half in (data.train, data.test)))
    found = LocalElasticity("nets", "task", rate=1e-4).read(
        world_of(population.with_weights({"w1": w1}), data=data)
    )
    assert found["within"].isfinite().all() and found["within"].item() > 0.1


def one_more_class(examples: Examples) -> Examples:
    zeros = torch.zeros_like(examples.targets)
    return replace(examples, targets=torch.cat([examples.targets, zeros], 2))


def test_tasks_without_classes_are_refused() -> None:
    world = world_of(drawn(Multilayer(5, 3), 3), data=examples(3, 1, 9, (5, 3), "numbers"))
    with pytest.raises(ScenarioError, match="a task of classes"):
        LocalElasticity("nets", "task").read(world)
