from math import pi, sqrt

import pytest
import torch

from netware.draws import Draws
from netware.population import Population
from netware.probes.flocking.order_parameter import OrderParameter
from netware.world import World


def order(heading: torch.Tensor, replicas: int = 1, column: str = "heading") -> torch.Tensor:
    birds = Population("birds", len(heading) // replicas, replicas, state={column: heading})
    world = World(Draws.of(1, replicas), {"birds": birds})
    read = OrderParameter("birds", column).read(world)
    assert list(read) == list(OrderParameter.quantities) == ["order_parameter"]
    return read["order_parameter"]


def directions(agents: int, dimensions: int, seed: int) -> torch.Tensor:
    chance = torch.Generator().manual_seed(seed)
    return torch.nn.functional.normalize(torch.randn(agents, dimensions, generator=chance))


@pytest.mark.parametrize("dimensions", [2, 3])
def test_one_direction_is_order_and_opposite_halves_are_none(dimensions):
    ahead = torch.eye(dimensions)[:1].expand(10, -1)
    assert order(ahead).tolist() == [1.0]
    assert order(torch.cat([ahead[:5], -ahead[5:]])).tolist() == [0.0]
    assert order(torch.cat([ahead[:5], torch.eye(dimensions)[1:2].expand(5, -1)])).item() == (
        pytest.approx(sqrt(0.5))
    )


def test_independent_headings_have_the_order_of_chance():
    found = order(directions(400 * 200, 2, 1), 200)
    assert found.mean() == pytest.approx(sqrt(pi / 1600), rel=0.1)


def test_each_replica_has_its_own():
    heading = torch.cat([torch.eye(2)[:1].expand(6, -1), directions(6, 2, 2)])
    assert order(heading, 2).tolist() == pytest.approx([1.0, order(heading[6:]).item()])


def test_turning_all_changes_nothing():
    heading = directions(50, 2, 3)
    turned = heading @ torch.tensor([[0.6, 0.8], [-0.8, 0.6]])
    assert order(heading, column="way").item() == pytest.approx(order(turned, column="way").item())


def test_lengths_of_velocities_do_not_count():
    heading = directions(20, 2, 4)
    fast = heading * torch.linspace(0.1, 9, 20)[:, None]
    assert order(fast, column="velocity").item() == pytest.approx(order(heading).item())
