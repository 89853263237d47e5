import numpy as np
import pytest
import torch
from torch import Tensor

from netware.errors import ScenarioError, ShapeError
from netware.measures.representation import (
    examples_of,
    hidden,
    mean_difference,
    must_have_classes,
    must_read,
    reading_vector,
)
from netware.models.multilayer import Multilayer
from netware.tasks.base import Examples
from tests.rules.learners import drawn


def pairs(seed: int, agents: int, many: int, units: int) -> tuple[Tensor, Tensor, Tensor]:
    rng = np.random.default_rng(seed)
    high, low = rng.normal(size=(2, agents, many, units))
    signs = rng.choice([-1.0, 1.0], (agents, many))
    return torch.from_numpy(high + 0.5), torch.from_numpy(low), torch.from_numpy(signs)


@pytest.mark.parametrize(("many", "units"), [(40, 5), (6, 30)])
def test_it_is_the_first_component_that_a_singular_value_decomposition_finds(many, units) -> None:
    high, low, signs = pairs(1, 3, many, units)
    v = reading_vector(high, low, signs)
    for agent in range(3):
        d = ((high - low)[agent] * signs[agent][:, None]).numpy()
        _, _, right = np.linalg.svd(d - d.mean(0), full_matrices=False)
        assert abs(float(v[agent].numpy() @ right[0])) == pytest.approx(1, abs=1e-9)
        assert float((high - low)[agent].mean(0) @ v[agent]) > 0
    assert torch.allclose(v.norm(dim=1), torch.ones(3, dtype=torch.float64))


def test_reading_the_pairs_the_other_way_round_turns_the_direction() -> None:
    high, low, signs = pairs(2, 4, 30, 6)
    turned = reading_vector(low, high, signs)
    assert torch.allclose(turned, -reading_vector(high, low, signs), rtol=0, atol=1e-9)
    assert torch.allclose(mean_difference(low, high), -mean_difference(high, low))


def test_agents_whose_layer_is_dead_have_no_direction() -> None:
    zeros = torch.zeros(2, 8, 3)
    assert not reading_vector(zeros, zeros, torch.ones(2, 8)).isnan().any()
    assert not mean_difference(zeros, zeros).any()


def test_examples_of_a_class_come_in_their_order() -> None:
    label = torch.tensor([[0, 1, 2, 1, 0, 1], [1, 1, 0, 2, 1, 0]])
    inputs = torch.arange(12.0).reshape(2, 6, 1)
    examples = Examples(inputs, torch.eye(3)[label], "classes")
    assert examples_of(examples, 1, 3)[..., 0].tolist() == [[1, 3, 5], [6, 7, 10]]
    assert examples_of(examples, 0, 2)[..., 0].tolist() == [[0, 4], [8, 11]]


@pytest.mark.parametrize("chunk", [0, 2])
def test_hidden_layers_are_those_of_the_trace_in_any_chunk(chunk) -> None:
    nets = drawn(Multilayer(3, 2, (6, 4)), 5, chunk=chunk)
    x = torch.randn(5, 7, 3, generator=torch.Generator().manual_seed(1))
    expected = nets.wrapped().trace(nets.weights, x, {})["hidden2"]
    assert torch.allclose(hidden(nets, x, "hidden2"), expected, rtol=0, atol=1e-6)


def test_tasks_that_do_not_fit_are_refused() -> None:
    nets = drawn(Multilayer(3, 2, (6,)), 5)
    x, label = torch.zeros(1, 4, 2), torch.eye(2)[torch.tensor([[0, 0, 0, 1]])]
    examples = Examples(x, label, "classes")
    with pytest.raises(ShapeError) as wrong:
        must_read("rules.read", nets, "hidden1", examples, "task")
    assert str(wrong.value) == (
        "rules.read.task: samples of 'task' of 2 numbers, for agents of 'nets' that read 3\n"
        "  expected: 3 = 2\n"
        "  fix: write 'inputs: 2' under the model of populations.nets"
    )
    with pytest.raises(ScenarioError) as same:
        must_have_classes("rules.read", examples, "task", (1, 1), 1)
    assert str(same.value) == (
        "rules.read: classes 1 and 1 of 'task', whose targets are 2 classes\n"
        "  expected: a task of classes, and two different ones of them, the first being 0\n"
        "  fix: write 'positive: 1, negative: 0', or name a task of two classes"
    )
    with pytest.raises(ScenarioError) as few:
        must_have_classes("rules.read", examples, "task", (1, 0), 2)
    assert str(few.value) == (
        "rules.read.pairs: 2 pairs of 'task'\n"
        "  expected: at most 1, the examples of the rarer class\n"
        "  fix: write 'pairs: 1'"
    )
