import pytest
import torch

from netware.errors import ScenarioError, ShapeError
from netware.rules.base import Acting
from netware.rules.flocking.order_moments import OrderMoments
from tests.rules.flocking.birds import flown, swarm


RULE = OrderMoments("birds", "velocity")


def test_it_adds_the_powers_of_the_order_parameter():
    world, expected = swarm(20, replicas=2), torch.zeros(2, 4, dtype=torch.float64)
    world = RULE.prepare(world, Acting("sum"))
    for seed in range(3):
        velocity = swarm(20, replicas=2, seed=seed)["birds"]["velocity"]
        world = RULE.apply(world.with_state("birds", velocity=velocity), Acting("sum"))
        unit = velocity / velocity.norm(dim=1, keepdim=True)
        phi = unit.view(2, 20, 2).mean(1).norm(dim=1)
        expected += torch.stack([phi**0, phi, phi**2, phi**4], 1)
    found = world.per_replica(world["birds"]["moments"])
    assert (found - expected[:, None]).abs().max() < 1e-12


def test_who_stands_still_heads_nowhere_and_numbers_are_refused():
    world = swarm(4)
    still = world["birds"]["velocity"] * 0
    after = flown(world.with_state("birds", velocity=still), RULE)["birds"]["moments"]
    assert after[0].tolist() == [1, 0, 0, 0]
    with pytest.raises(ShapeError, match=r"state\.x: shape \(\) for each agent"):
        numbers = world.with_state("birds", x=torch.ones(4))
        OrderMoments("birds", "x").prepare(numbers, Acting("sum"))


def test_a_column_that_is_there_already_is_refused():
    for into in ("velocity", "moments"):
        world = swarm(4).with_state("birds", moments=torch.ones(4, 4))
        with pytest.raises(ScenarioError, match="a column of its own for the sums"):
            OrderMoments("birds", "velocity", into).prepare(world, Acting("sum"))
