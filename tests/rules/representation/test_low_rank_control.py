import pytest
import torch
from torch import Tensor

from netware.errors import ScenarioError
from netware.learning.optimisers.adam import Adam
from netware.learning.optimisers.sgd import Sgd
from netware.models.multilayer import Multilayer
from netware.models.wrappers.low_rank import LowRank
from netware.population import Population
from netware.rules.representation.low_rank_control import LowRankControl
from netware.world import World
from tests.rules.learners import LEARN, drawn, examples, learnt, world_of


BASE = Multilayer(4, 2, (8, 6), "tanh")
MODEL = LowRank(BASE, 2)


def world(replicas: int = 1) -> World:
    return world_of(drawn(MODEL, 3, replicas), data=examples(1, replicas, 40, (4, 2), "classes"))


def errors(nets: Population, data: Tensor, alpha: float, layers: tuple[str, ...]) -> Tensor:
    """Returns the mean distance of the layers from their targets, written out once more."""
    seen = {}
    for said in (0.0, 1.0, -1.0):
        x = data[nets.replica].clone()
        x[..., 2] = said
        seen[said] = BASE.trace(nets.weights, x, {})
    x = data[nets.replica].clone()
    x[..., 2] = 0.0
    now = MODEL.trace(nets.weights, x, {})
    apart = [
        (now[k] - seen[0.0][k] - alpha * (seen[1.0][k] - seen[-1.0][k])).norm(dim=2).mean(1)
        for k in layers
    ]
    return torch.stack(apart).mean(0)


def rule(**given) -> LowRankControl:
    return LowRankControl(
        "nets", "task", **{"layers": ("hidden1", "hidden2"), "context": 2, **given}
    )


def test_the_layers_come_nearer_to_where_they_should_be_and_the_base_stays() -> None:
    before, one = world(2), rule(layers=("hidden2",), optimiser=Adam(rate=0.01), batches=150)
    after = learnt(before, one)["nets"]
    data = before.examples["task"].train.inputs
    first, last = (errors(nets, data, 1.0, ("hidden2",)) for nets in (before["nets"], after))
    assert bool((last < 0.9 * first).all()), (last / first).tolist()
    for name in BASE.weight_shapes():
        assert torch.equal(after.weights[name], before["nets"].weights[name])


def test_one_step_of_plain_descent_is_the_gradient_of_the_mean_norm() -> None:
    before = world()
    start = before.with_population(
        before["nets"].with_weights(
            {n: torch.full_like(w, 0.1) for n, w in before["nets"].weights.items() if "up" in n}
        )
    )
    nets = start["nets"]
    after = learnt(start, rule(optimiser=Sgd(rate=0.1), alpha=2.0))["nets"]
    own = {name: w.clone().requires_grad_() for name, w in nets.weights.items() if "." in name}
    held = {name: w for name, w in nets.weights.items() if "." not in name}
    free = Population("nets", 3, 1, MODEL, {**held, **own})
    data = start.examples["task"].train.inputs
    total = errors(free, data, 2.0, ("hidden1", "hidden2")).sum()
    slopes = torch.autograd.grad(total, list(own.values()), allow_unused=True)
    for (name, w), slope in zip(own.items(), slopes, strict=True):
        expected = w if slope is None else w - 0.1 * slope
        assert torch.allclose(after.weights[name], expected, rtol=0, atol=1e-5), name


def test_without_alpha_nothing_moves() -> None:
    before = world()
    after = learnt(before, rule(alpha=0.0, batches=3))["nets"]
    for name, w in before["nets"].weights.items():
        assert torch.equal(after.weights[name], w)


def test_agents_without_a_difference_and_contexts_that_are_not_there_are_refused() -> None:
    plain = world_of(drawn(BASE, 3), data=examples(1, 1, 40, (4, 2), "classes"))
    with pytest.raises(ScenarioError) as error:
        rule().prepare(plain, LEARN)
    assert str(error.value) == (
        "rules.learn.on: agents of 'nets' without a low-rank difference: Multilayer\n"
        "  expected: agents whose model is 'low_rank'\n"
        "  fix: write 'model: {type: low_rank, base: ...}' under the population"
    )
    with pytest.raises(ScenarioError) as error:
        rule(context=4).prepare(world(), LEARN)
    assert str(error.value) == (
        "rules.learn.context: number 4 of samples of 4\n"
        "  expected: 0 to 3\n"
        "  fix: write 'context: 3'"
    )
    with pytest.raises(ScenarioError, match=r"rules\.learn\.layer: no hidden layer 'hidden3'"):
        rule(layers=("hidden3",)).prepare(world(), LEARN)
