import pytest
import torch

from netware.errors import ScenarioError
from netware.probes.morphology import embedding_dimension
from netware.probes.morphology.embedding_dimension import EmbeddingDimension
from tests.probes.morphology.nets import deep
from tests.rules.learners import examples


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
