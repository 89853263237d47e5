"""Hypernetworks: what generates, learns; what is generated, does not."""

from typing import Literal

import pytest
import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.edges import Edges
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.relations.generation import Generation
from netware.relations.layer_generation import LayerGeneration
from tests.relations.scenes import scene


def made(
    seed: int, per: Literal["whole", "layer"], dtype=torch.float64
) -> tuple[Generation | LayerGeneration, Edges, Population, Population]:
    """Returns a relation, its edges, generators and children, all of random sizes."""
    chance = torch.Generator().manual_seed(seed)

    def between(low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (), generator=chance))

    child = Multilayer(between(1, 4), between(1, 3), (between(2, 6),), "tanh")
    counts = [torch.Size(shape).numel() for shape in child.weight_shapes().values()]
    answers = sum(counts) if per == "whole" else max(counts) + between(0, 3)
    z = between(2, 5)
    maker = Multilayer(z, answers, (between(3, 8),), "tanh", "lecun_normal")
    generators, children = between(1, 3), between(4, 9)
    draws = Draws.of(seed)
    size = (z,) if per == "whole" else (len(counts) * z,)
    embedding = draws.stream(Purpose.STATE, "made.z", children).normal(size=size, dtype=dtype)
    source = Population("makers", generators, model=maker, dtype=dtype).with_weights(
        maker.init(draws.stream(Purpose.WEIGHTS, "makers", generators), dtype)
    )
    target = Population("made", children, model=child, state={"z": embedding}, dtype=dtype)
    target = target.with_weights(child.init(draws.stream(Purpose.WEIGHTS, "made", children), dtype))
    kind = Generation if per == "whole" else LayerGeneration
    relation = kind(("makers", "made"), embedding="z")
    populations = {"makers": source, "made": target}
    return relation, relation.connect(*scene("make", populations, None, draws)), source, target


def loss(weights: dict[str, Tensor], target: Population, seed: int) -> Tensor:
    """Returns the squared error of all children on random examples."""
    chance, model = torch.Generator().manual_seed(seed), target.wrapped()
    x = torch.randn(target.total, 6, model.input_size(), generator=chance, dtype=target.dtype)
    y = torch.randn(target.total, 6, model.output_size(), generator=chance, dtype=target.dtype)
    return (target.forward(x, weights) - y).square().mean()


@pytest.mark.t0
@pytest.mark.parametrize("per", ["whole", "layer"])
@pytest.mark.parametrize("seed", range(4))
def test_hyp_2_the_childrens_loss_moves_the_generator_and_no_weight_of_theirs(seed, per):
    relation, edges, source, target = made(seed, per)
    theirs = {name: w.clone().requires_grad_() for name, w in target.weights.items()}
    target = target.with_weights(theirs)
    own = {name: w.clone().requires_grad_() for name, w in source.weights.items()}
    z = target["z"].clone().requires_grad_()
    target = target.with_state({"z": z})
    weights = relation.generate(edges, own, source, target)
    assert all(not w.is_leaf for w in weights.values())
    value = loss(weights, target, seed)
    none = torch.autograd.grad(value, list(theirs.values()), allow_unused=True, retain_graph=True)
    assert all(gradient is None for gradient in none)
    gradients = torch.autograd.grad(value, [*own.values(), z])
    assert all(gradient.abs().max() > 0 for gradient in gradients)

    step = 1e-6
    with torch.no_grad():
        for kept, gradient in zip([*own.values(), z], gradients, strict=True):
            flat, largest = kept.view(-1), gradient.abs().argmax()
            values = []
            for sign in (1, -1):
                flat[largest] += sign * step
                values.append(loss(relation.generate(edges, own, source, target), target, seed))
                flat[largest] -= sign * step
            difference = (values[0] - values[1]) / (2 * step)
            assert difference.item() == pytest.approx(gradient.flatten()[largest].item(), rel=1e-3)


@pytest.mark.t0
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("per", ["whole", "layer"])
@pytest.mark.parametrize("seed", range(4))
def test_hyp_3_equal_embeddings_make_equal_agents_and_others_make_others(seed, per, dtype):
    relation, edges, source, target = made(10 + seed, per, dtype)
    one, other = (edges.source == edges.source[0]).nonzero()[:2, 0].tolist()
    apart = relation.generate(edges, source.weights, source, target)
    assert all(not torch.equal(w[one], w[other]) for w in apart.values())
    z = target["z"].clone()
    z[other] = z[one]
    same = relation.generate(edges, source.weights, source, target.with_state({"z": z}))
    assert all(torch.equal(w[one], w[other]) for w in same.values())


@pytest.mark.t0
@pytest.mark.parametrize("per", ["whole", "layer"])
@pytest.mark.parametrize("seed", range(4))
def test_hyp_3_training_the_embedding_of_one_leaves_the_other_as_it_was(seed, per):
    relation, edges, source, target = made(20 + seed, per)
    before = relation.generate(edges, source.weights, source, target)
    z, last = target["z"].clone().requires_grad_(), target.total - 1
    for _ in range(5):
        weights = relation.generate(edges, source.weights, source, target.with_state({"z": z}))
        own = {name: w[:1] for name, w in weights.items()}
        answer = target.wrapped().forward(
            own, torch.ones(1, 3, target.wrapped().input_size()).double(), {}
        )
        (gradient,) = torch.autograd.grad(answer.square().sum(), z)
        assert gradient[0].abs().max() > 0 and gradient[1:].abs().max() == 0
        z = (z - 0.05 * gradient).detach().requires_grad_()
    after = relation.generate(edges, source.weights, source, target.with_state({"z": z.detach()}))
    for name in before:
        assert torch.equal(before[name][last], after[name][last])
        assert torch.equal(before[name][1:], after[name][1:])
    assert any(not torch.equal(before[name][0], after[name][0]) for name in before)
