import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError, ShapeError
from netware.models.denoisers.gaussian_denoiser import GaussianDenoiser
from netware.rules.base import Acting
from netware.rules.denoising.noising import Noising
from netware.tasks.gaussian_mixture import GaussianMixture
from netware.world import World
from tests.rules.learners import drawn, world_of


ACTING = Acting("noise")
MODEL = GaussianDenoiser(1, levels=40, beta_first=0.01, beta_last=0.3)


def held(x: float = 3.0, agents: int = 4, samples: int = 5000) -> World:
    return world_of(drawn(MODEL, agents, state={"x": torch.full((agents, samples), x)}))


def noised(world: World, rule: Noising, steps: int = 1) -> World:
    world = rule.prepare(world, ACTING)
    for _ in range(steps):
        world = rule.apply(world, ACTING).advanced()
    return world


@pytest.mark.parametrize("path", ["jump", "steps"])
@pytest.mark.parametrize(("levels", "steps"), [(1, 12), (4, 3), (12, 1)])
def test_however_the_levels_are_climbed_the_distribution_is_the_same(path, levels, steps) -> None:
    world = noised(held(), Noising("nets", levels=levels, path=path), steps)
    signal, noise = (float(s) for s in MODEL.schedule.marginal(torch.tensor(12), torch.float64))
    x = world["nets"]["x"].double()
    # 20 000 numbers: four standard errors of a mean and of a variance.
    assert x.mean().item() == pytest.approx(3 * signal, abs=4 * noise / 20_000**0.5)
    assert x.var().item() == pytest.approx(noise**2, rel=4 * (2 / 20_000) ** 0.5)
    assert world["nets"]["level"].tolist() == [12] * 4


def test_at_the_last_level_nothing_happens() -> None:
    world = noised(held(samples=3), Noising("nets", levels=100))
    after = noised(world, Noising("nets"))
    assert after["nets"]["level"].tolist() == [40] * 4
    assert torch.equal(after["nets"]["x"], world["nets"]["x"])


def test_agents_may_be_at_levels_of_their_own() -> None:
    world = held().with_state("nets", level=torch.tensor([0.0, 10.0, 39.0, 40.0]))
    after = noised(world, Noising("nets", levels=2))["nets"]
    assert after["level"].tolist() == [2, 12, 40, 40]
    spread = after["x"].var(1)
    beta = MODEL.schedule.tables(torch.device("cpu")).beta
    assert spread[2].item() == pytest.approx(float(beta[40]), rel=0.1) and spread[3] == 0


def test_samples_are_examples_of_the_task_each_agent_s_own_draw() -> None:
    data = GaussianMixture().make("task", Draws.of(3, 2), torch.float32)
    world = world_of(drawn(MODEL, 3, 2), data=data)
    x = Noising("nets", task="task", samples=50).prepare(world, ACTING)["nets"]["x"]
    assert x.shape == (6, 50)
    for agent in range(6):
        assert bool(torch.isin(x[agent], data.train.inputs[agent // 3]).all())
    assert not torch.equal(x[0], x[1])


def test_samples_from_the_task_and_from_the_scenario_are_refused() -> None:
    data = GaussianMixture().make("task", Draws.of(3), torch.float32)
    nets = drawn(MODEL, 3, state={"x": torch.zeros(3)})
    with pytest.raises(ScenarioError) as error:
        Noising("nets", task="task").prepare(world_of(nets, data=data), ACTING)
    assert str(error.value) == (
        "rules.noise.task: a column 'x' that the scenario fills already\n"
        "  expected: samples from the task, or from the scenario\n"
        "  fix: leave 'task' out, or 'x' under populations.nets.state"
    )


def test_examples_of_another_size_are_refused() -> None:
    data = GaussianMixture(means=((0.0, 1.0), (1.0, 1.0))).make("task", Draws.of(3), torch.float32)
    with pytest.raises(ShapeError) as error:
        Noising("nets", task="task").prepare(world_of(drawn(MODEL, 3), data=data), ACTING)
    assert str(error.value) == (
        "rules.noise.task: examples of 2 numbers, for denoisers of 1\n"
        "  expected: 1 = 2\n"
        "  fix: write 'features: 2' under populations.nets.model"
    )
