import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.models.base import AbstractModel
from netware.models.multilayer import Multilayer
from netware.models.urn import Urn
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.perturbation.lesion import Lesion
from netware.world import World
from tests.rules.learners import drawn, world_of


HIT = Acting("hit")


def hit(world: World, **parameters) -> World:
    rule = Lesion("nets", **parameters)
    return rule.apply(rule.prepare(world, HIT), HIT)


def nets(model: AbstractModel, agents: int = 20, replicas: int = 2) -> World:
    return world_of(drawn(model, agents, replicas))


def test_a_share_of_each_agents_weights_is_lost_and_no_bias() -> None:
    world = nets(Multilayer(30, 2, (40,), initial="uniform"))
    before, after = (one["nets"].weights for one in (world, hit(world, fraction=0.3)))
    for name in ("b1", "b2"):
        assert torch.equal(before[name], after[name])
    lost = after["w1"] == 0
    # Each agent has 1 200 weights in w1: a share of 0.3 has a standard deviation of 0.013.
    assert (lost.double().mean((1, 2)) - 0.3).abs().max() < 5 * 0.0133
    assert torch.equal(after["w1"][~lost], before["w1"][~lost])
    assert not torch.equal(lost[0], lost[1])


def test_nothing_and_everything() -> None:
    world = nets(Urn(4, 3, 17))
    untouched = hit(world, fraction=0.0)["nets"].weights["w"]
    assert torch.equal(untouched, world["nets"].weights["w"])
    whole = hit(world, fraction=1.0)["nets"].weights["w"]
    assert bool((whole[:, 4:-3, 4:-3] == 0).all())


def test_agents_without_weights_are_refused() -> None:
    world = World(Draws.of(3), {"nets": Population("nets", 5)})
    with pytest.raises(ScenarioError) as error:
        hit(world, fraction=0.1)
    assert str(error.value) == (
        "rules.hit.on: agents of 'nets' without weights\n"
        "  expected: agents with a model, or a column of state to lose\n"
        "  fix: write 'state_lesion' and 'state: <column>', or choose another population"
    )
