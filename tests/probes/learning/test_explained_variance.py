import pytest
import torch

from netware.errors import ScenarioError
from netware.models.multilayer import Multilayer
from netware.models.urn import Urn
from netware.population import Population
from netware.probes.learning.explained_variance import ExplainedVariance
from netware.tasks.base import Examples, TaskData
from tests.rules.learners import drawn, world_of


MODEL = Multilayer(3, 1, (), bias="none")
SPREAD = torch.tensor(
    [[3.0, 0, 0], [-3.0, 0, 0], [0, 2.0, 0], [0, -2.0, 0], [0, 0, 1.0], [0, 0, -1.0]]
)


def reading(*columns: list[float]) -> dict[str, torch.Tensor]:
    """Measures agents that read one direction each, of samples with variances 9 : 4 : 1."""
    w = torch.tensor(columns)[:, :, None]
    whole = Examples(SPREAD[None] + 5.0, torch.zeros(1, 6, 1), "numbers")
    nets = Population("nets", len(columns), 1, MODEL, {"w1": w})
    return ExplainedVariance("nets", "task").read(world_of(nets, data=TaskData(whole, whole)))


def test_a_direction_keeps_its_share_whatever_its_length() -> None:
    found = reading([1.0, 0, 0], [0, -0.1, 0], [0, 0, 50.0], [1.0, 1.0, 0.0])
    assert found["explained"][0].tolist() == pytest.approx([9 / 14, 4 / 14, 1 / 14, 6.5 / 14])
    assert float(found["best"]) == pytest.approx(9 / 14)
    assert float(found["mean"]) == pytest.approx(20.5 / 56)


def test_two_units_of_one_direction_keep_no_more_than_one() -> None:
    model = Multilayer(3, 2, (), bias="none")
    w = torch.tensor([[[1.0, 2.0], [0, 0], [0, 0]], [[1.0, 0], [0, 1.0], [0, 0]]])
    whole = Examples(SPREAD[None], torch.zeros(1, 6, 2), "numbers")
    world = world_of(Population("nets", 2, 1, model, {"w1": w}), data=TaskData(whole, whole))
    found = ExplainedVariance("nets", "task").read(world)
    assert found["explained"][0].tolist() == pytest.approx([9 / 14, 13 / 14])
    assert float(found["best"]) == pytest.approx(13 / 14)


def test_units_that_are_all_but_the_same_keep_one_number() -> None:
    model = Multilayer(3, 2, (), bias="none")
    w = torch.tensor([[[1.0, 1.0], [0, 0.01], [0, 0]]])
    whole = Examples(SPREAD[None], torch.zeros(1, 6, 2), "numbers")
    world = world_of(Population("nets", 1, 1, model, {"w1": w}), data=TaskData(whole, whole))
    rough = ExplainedVariance("nets", "task").read(world)["explained"]
    assert float(rough) == pytest.approx(9 / 14, abs=1e-3)
    fine = ExplainedVariance("nets", "task", least=1e-3).read(world)["explained"]
    assert float(fine) == pytest.approx(13 / 14)


def test_a_model_without_layers_is_refused() -> None:
    whole = Examples(SPREAD[None], torch.zeros(1, 6, 2), "numbers")
    world = world_of(drawn(Urn(3, 2, 8), 2), data=TaskData(whole, whole))
    with pytest.raises(ScenarioError, match="a Urn without layers of weights"):
        ExplainedVariance("nets", "task").read(world)
