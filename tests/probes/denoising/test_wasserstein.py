import numpy as np
import pytest
import torch
from scipy.stats import wasserstein_distance

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.population import Population
from netware.probes.denoising.wasserstein import Wasserstein
from netware.tasks.gaussian_mixture import GaussianMixture
from netware.world import World


def world_of(x: torch.Tensor, replicas: int = 1, **given) -> World:
    data = GaussianMixture(**given).make("task", Draws.of(1, replicas), torch.float64)
    them = Population("them", len(x) // replicas, replicas, state={"x": x}, dtype=torch.float64)
    return World(Draws.of(1, replicas), {"them": them}, examples={"task": data})


def test_it_is_the_distance_that_scipy_computes() -> None:
    x = torch.from_numpy(np.random.default_rng(2).normal(size=(2 * 5, 40)))
    world = world_of(x, 2, test=200)
    found = Wasserstein("them", "task").read(world)
    for replica in range(2):
        own = x[5 * replica : 5 * replica + 5].flatten()
        examples = world.examples["task"].test.inputs[replica, :, 0]
        assert found["wasserstein"][replica].item() == pytest.approx(
            wasserstein_distance(own, examples), rel=1e-9
        )
        assert found["mean"][replica].item() == pytest.approx(own.mean().item())
        assert found["deviation"][replica].item() == pytest.approx(own.numpy().std())


def test_sets_of_different_sizes_are_compared_by_their_quantiles() -> None:
    x = torch.from_numpy(np.random.default_rng(3).normal(size=(7, 100)))
    world = world_of(x, test=3000)
    examples = world.examples["task"].test.inputs[0, :, 0]
    found = Wasserstein("them", "task").read(world)["wasserstein"].item()
    assert found == pytest.approx(wasserstein_distance(x.flatten(), examples), rel=0.02)


def test_a_shift_is_its_length_and_the_examples_themselves_are_at_zero() -> None:
    means = ((0.0, 0.0), (1.0, 3.0))
    world = world_of(torch.zeros(1, 400, dtype=torch.float64), means=means, test=200)
    same = world.examples["task"].test.inputs.flatten(1)
    probe = Wasserstein("them", "task")
    assert probe.read(world.with_state("them", x=same))["wasserstein"].item() == 0
    shift = torch.tensor([0.5, -2.0], dtype=torch.float64).repeat(200)
    moved = probe.read(world.with_state("them", x=same + shift))["wasserstein"].item()
    assert moved == pytest.approx((0.5 + 2) / 2)


def test_a_column_of_another_size_is_refused() -> None:
    world = world_of(torch.zeros(3, 5, dtype=torch.float64), means=((0.0, 0.0), (1.0, 1.0)))
    with pytest.raises(ScenarioError) as error:
        Wasserstein("them", "task").read(world)
    assert str(error.value) == (
        "probes: Wasserstein.state: 'x' of 5 numbers, for examples of 2\n"
        "  expected: 2 numbers, or a multiple of them for several samples an agent\n"
        "  fix: name the column that holds samples of this task under 'state'"
    )
