import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError, ShapeError
from netware.models.multilayer import Multilayer
from netware.models.wrappers.steered import Steered
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.representation.read_representation import ReadRepresentation
from netware.tasks.gaussian_mixture import GaussianMixture
from netware.world import World
from tests.rules.learners import drawn, world_of


ACTING = Acting("read")
NETS = Multilayer(2, 2, (8, 6), "tanh")


def blobs(replicas: int = 1):
    task = GaussianMixture((0.5, 0.5), ((-1.0, 0.0), (1.0, 0.5)), (0.3, 0.3), 400, 50)
    return task.make("task", Draws.of(3, replicas), torch.float32)


def read(world: World, rule: ReadRepresentation) -> torch.Tensor:
    return rule.apply(rule.prepare(world, ACTING), ACTING)["nets"][rule.state]


@pytest.mark.parametrize("method", ["pca", "difference"])
def test_the_direction_parts_the_classes_in_every_agent(method) -> None:
    world = world_of(drawn(NETS, 3, 2), data=blobs(2))
    v = read(world, ReadRepresentation("nets", "task", "hidden2", method, state="concept"))
    assert v.shape == (6, 6)
    assert torch.allclose(v.norm(dim=1), torch.ones(6))
    nets, data = world["nets"], world.examples["task"].test.of(world["nets"].replica)
    score = torch.einsum("asu,au->as", NETS.trace(nets.weights, data.inputs, {})["hidden2"], v)
    positive = data.targets[..., 1] > 0.5
    gap = (score * positive).sum(1) / positive.sum(1) - (score * ~positive).sum(1) / (
        ~positive
    ).sum(1)
    assert bool((gap > 0).all())


def test_the_difference_is_that_of_the_first_examples_of_each_class() -> None:
    world = world_of(drawn(NETS, 3), data=blobs())
    v = read(world, ReadRepresentation("nets", "task", method="difference", pairs=20))
    data = world.examples["task"].train
    label = data.targets[0].argmax(1)
    means = [
        NETS.trace(world["nets"].weights, data.inputs[0][label == k][:20].expand(3, -1, -1), {})[
            "hidden1"
        ].mean(1)
        for k in (1, 0)
    ]
    difference = means[0] - means[1]
    expected = difference / difference.norm(dim=1, keepdim=True)
    assert torch.allclose(v, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("shape", [(3,), (3, 1), (3, 5)])
def test_a_column_of_another_width_is_refused(shape) -> None:
    world = world_of(drawn(NETS, 3), data=blobs())
    world = world.with_state("nets", direction=torch.zeros(shape))
    with pytest.raises(ShapeError, match=r"rules\.read\.state: 'direction' of shape"):
        ReadRepresentation("nets", "task").prepare(world, ACTING)


def test_positive_and_negative_may_change_places() -> None:
    world = world_of(drawn(NETS, 3), data=blobs())
    one = read(world, ReadRepresentation("nets", "task"))
    other = read(world, ReadRepresentation("nets", "task", positive=0, negative=1))
    assert torch.allclose(other, -one, rtol=0, atol=1e-4)


def test_every_agent_shuffles_its_pairs_for_itself() -> None:
    """Two copies of one network read slightly different directions; by difference the same."""
    nets = drawn(NETS, 1)
    weights = {name: w.repeat(2, *[1] * (w.dim() - 1)) for name, w in nets.weights.items()}
    world = world_of(Population("nets", 2, 1, NETS, weights), data=blobs())
    for method, alike in (("pca", False), ("difference", True)):
        rule = ReadRepresentation("nets", "task", method=method)  # type: ignore[arg-type]
        v = read(world, rule)
        assert torch.equal(v[0], v[1]) == alike
        assert float(v[0] @ v[1]) > 0.97


def test_a_steered_agent_is_read_as_it_is() -> None:
    model = Steered(NETS, "hidden1")
    direction = torch.ones(3, 8)
    state = {"direction": direction, "removal": torch.ones(3)}
    world = world_of(drawn(model, 3, state=state), data=blobs())
    v = read(world, ReadRepresentation("nets", "task", state="again"))
    assert (v * direction).sum(1).abs().max() < 1e-4


def test_a_layer_that_is_not_there_and_too_many_pairs_are_refused() -> None:
    world = world_of(drawn(NETS, 3), data=blobs())
    with pytest.raises(ScenarioError, match=r"rules\.read\.layer: no hidden layer 'hidden9'"):
        ReadRepresentation("nets", "task", "hidden9").prepare(world, ACTING)
    with pytest.raises(ScenarioError, match=r"rules\.read\.pairs: 300 pairs of 'task'"):
        ReadRepresentation("nets", "task", pairs=300).prepare(world, ACTING)
    with pytest.raises(ScenarioError, match="classes 2 and 0 of 'task'"):
        ReadRepresentation("nets", "task", positive=2).prepare(world, ACTING)
