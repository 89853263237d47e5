import numpy as np
import pytest
import torch

from netware.errors import ScenarioError
from netware.models.torch_module.module import Module
from netware.models.urn import Urn
from netware.probes.morphology import embedding_dimension
from netware.probes.morphology.embedding_dimension import EmbeddingDimension
from tests.models.joined import MODELS
from tests.probes.morphology.nets import deep
from tests.rules.learners import drawn, examples, world_of


PROBE = EmbeddingDimension(on="nets", task="task")


def test_both_readings_are_counted_on_the_test_samples_of_the_replica() -> None:
    data = examples(1, 2, 15, (4, 1), "numbers")
    world = deep(widths=(8, 5, 6), data=data)
    read, population = PROBE.read(world), world["nets"]
    for agent in range(12):
        h = data.test.inputs[agent // 6]
        for layer in range(1, 4):
            w, b = (population.weights[f"{kind}{layer}"][agent] for kind in "wb")
            h = torch.relu(h @ w + b)
            most = max(int((sample > 0).sum()) for sample in h)
            at = (agent // 6, agent % 6, layer - 1)
            assert read["dimension"][at].item() == most
            assert read["ever"][at].item() == int((h > 0).any(0).sum())
    assert bool((read["ever"] >= read["dimension"]).all())
    assert bool((read["ever"] > read["dimension"]).any())


def test_some_agents_at_a_time_are_measured_like_all_at_once(monkeypatch) -> None:
    world = deep(data=examples(1, 2, 15, (4, 1), "numbers"))
    whole = PROBE.read(world)
    monkeypatch.setattr(embedding_dimension, "CHUNK_BYTES", 4 * 15 * 120)
    for name, values in PROBE.read(world).items():
        assert torch.equal(values, whole[name])


def test_a_task_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        PROBE.read(deep(data=examples(1, 2, 15, (3, 1), "numbers")))
    assert str(error.value).startswith(
        "probes: EmbeddingDimension.task: 'task', samples of 3 numbers with targets of 1, for "
        "agents of 'nets' "
        "that read 4 and answer 1\n"
    )


def test_neurons_of_a_recursion_are_one_layer_at_its_largest_iteration() -> None:
    data = examples(1, 2, 15, (3, 2), "numbers")
    model = Urn(3, 2, 12, 3)
    nets = drawn(model, 4, 2)
    read = PROBE.read(world_of(nets, data=data))
    w, b = nets.weights["w"].numpy(), nets.weights["b"].numpy()
    for agent in range(8):
        h = np.zeros((15, 12), np.float32)
        h[:, :3] = data.test.inputs[agent // 4].numpy()
        on = []
        for _ in range(3):
            h = np.maximum(h @ w[agent] + b[agent], 0)
            on.append(h[:, 3:10] > 0)
        place = agent // 4, agent % 4, 0
        assert read["dimension"][place].item() == max(one.sum(1).max() for one in on)
        assert read["ever"][place].item() == np.any(on, (0, 1)).sum()


def test_a_module_shows_what_the_next_part_receives_or_is_refused() -> None:
    data = examples(1, 2, 15, (4, 2), "numbers")
    nets = drawn(MODELS["module"], 4, 2)
    read = PROBE.read(world_of(nets, data=data))
    traced = nets.model.trace(nets.weights, data.test.of(nets.replica).inputs, {})
    assert torch.equal(
        read["dimension"].view(8, 2)[:, 0], (traced["1"] > 0).sum(2).amax(1).double()
    )
    untold = drawn(Module(f"{__name__}.Functional"), 4, 2)
    with pytest.raises(ScenarioError) as error:
        PROBE.read(world_of(untold, data=data))
    assert str(error.value) == (
        "probes: EmbeddingDimension.on: hidden1 of 'nets', 5 units whose answers no part shows\n"
        "  expected: a part that shows what the units answer after their activation\n"
        "  fix: in a torch.nn.Module write the activation as a part, 'self.act = torch.nn.ReLU()', "
        "and call it; in a model of your own return 'tap(\"hidden1\", h)' on the way"
    )


class Functional(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.hidden1, self.last = torch.nn.Linear(4, 5), torch.nn.Linear(5, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(torch.relu(self.hidden1(x)))
