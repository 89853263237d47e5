import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.models.base import AbstractModel
from netware.models.multilayer import Multilayer
from netware.models.urn import Urn
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.perturbation.agent_lesion import AgentLesion
from netware.world import World
from tests.rules.learners import drawn, world_of


HIT = Acting("hit")


def hit(world: World, **parameters) -> World:
    rule = AgentLesion("nets", **parameters)
    return rule.apply(rule.prepare(world, HIT), HIT)


def nets(model: AbstractModel, agents: int = 20, replicas: int = 2) -> World:
    return world_of(drawn(model, agents, replicas))


def test_some_agents_of_each_replica_lose_everything() -> None:
    world = nets(Multilayer(3, 2, (4,), initial="uniform"))
    after = hit(world, fraction=0.2)["nets"]
    empty = torch.stack([(w == 0).flatten(1).all(1) for w in after.weights.values()])
    assert torch.equal(empty.any(0), empty.all(0))
    assert after.per_replica(empty[0]).sum(1).tolist() == [4, 4]


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
