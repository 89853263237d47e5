import pytest
import torch

from netware.errors import ScenarioError
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.perturbation.noise import Noise
from netware.world import World
from tests.rules.learners import drawn, world_of


def walkers(agents: int = 4000, replicas: int = 2) -> World:
    state = {"x": torch.zeros(agents * replicas, 2, dtype=torch.float64)}
    return world_of(Population("nets", agents, replicas, state=state, dtype=torch.float64))


def shaken(world: World, rule: Noise, steps: int = 1) -> World:
    world = rule.prepare(world, Acting("shake"))
    for _ in range(steps):
        world = rule.apply(world, Acting("shake")).advanced()
    return world


def test_a_random_walk_spreads_by_sd_squared_a_step() -> None:
    x = shaken(walkers(), Noise("nets", 0.5, "x"), 16)["nets"]["x"]
    # The variance of 16 000 numbers is known to sqrt(2 / 16 000) = 1.1 %.
    assert x.var().item() == pytest.approx(16 * 0.25, rel=0.05)
    assert abs(x.mean().item()) < 5 * 2 / 16000**0.5
    assert abs(torch.corrcoef(x.T)[0, 1].item()) < 5 / 8000**0.5


def test_every_weight_is_shaken_for_itself() -> None:
    world = world_of(drawn(Multilayer(20, 20, (20,)), 30))
    after = shaken(world, Noise("nets", 0.1, "weights"))["nets"].weights
    moved = [after[name] - w for name, w in world["nets"].weights.items()]
    for one in moved:
        assert one.std().item() == pytest.approx(0.1, rel=0.1)
    both = torch.stack([moved[0].flatten(), moved[2].flatten()])
    assert abs(torch.corrcoef(both)[0, 1].item()) < 5 / 12000**0.5


def test_one_by_one_the_agents_get_the_numbers_they_get_together() -> None:
    world, rule = walkers(3, 2), Noise("nets", 1.0, "x")
    together = rule.apply(world, Acting("shake"))["nets"]["x"]
    for agent in range(3):
        world = rule.apply(world, Acting("shake", torch.tensor([agent, 3 + agent])))
    assert torch.equal(world["nets"]["x"], together)


def test_whole_numbers_are_refused() -> None:
    world = world_of(Population("nets", 3, state={"choice": torch.zeros(3, dtype=torch.long)}))
    with pytest.raises(ScenarioError) as error:
        Noise("nets", 1.0, "choice").prepare(world, Acting("shake"))
    assert str(error.value) == (
        "rules.shake.state: the column 'choice' of whole numbers\n"
        "  expected: a column of real numbers, or 'weights'\n"
        "  fix: choose another column"
    )
