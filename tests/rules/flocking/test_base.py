from math import cos, sin
from typing import Literal

import pytest
import torch

from netware.errors import ScenarioError, ShapeError
from netware.population import Population
from netware.rules.flocking.base import check_moving, moved
from netware.world import World
from tests.rules.flocking.birds import birds, swarm


def spring(_: float, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    return -x


def after(method: Literal["rk4", "euler"], steps: int) -> tuple[float, float]:
    x, v = torch.ones(1, 1, dtype=torch.float64), torch.zeros(1, 1, dtype=torch.float64)
    for _ in range(steps):
        x, v = moved(x, v, spring, 1.0 / steps, method)
    return x.item() - cos(1), v.item() + sin(1)


@pytest.mark.parametrize(("method", "order"), [("rk4", 4), ("euler", 1)])
def test_a_spring_swings_to_the_order_of_the_method(method, order):
    coarse, fine = (max(map(abs, after(method, steps))) for steps in (20, 40))
    assert coarse / fine == pytest.approx(2**order, rel=0.1)


def test_forces_may_change_within_a_step():
    x = v = torch.zeros(1, 1, dtype=torch.float64)
    for step in range(4):
        x, v = moved(x, v, lambda t, x, v, s=step: x * 0 + (s * 0.5 + t) ** 2, 0.5, "rk4")
    assert v.item() == pytest.approx(2**3 / 3) and x.item() == pytest.approx(2**4 / 12)


def test_who_cannot_move_is_refused():
    world = swarm(3)
    assert check_moving(world, "birds", "fly") is world.space
    with pytest.raises(ScenarioError, match=r"rules\.fly: no 'space' in the scenario"):
        check_moving(World(world.draws, world.populations), "birds", "fly")
    flat = birds(torch.zeros(2, 3), torch.zeros(2, 2))
    with pytest.raises(ShapeError, match=r"state\.velocity: shape \(2,\) for each agent") as caught:
        check_moving(flat, "birds", "fly")
    assert "fix: write 'velocity: normal'" in str(caught.value)
    bare = Population("birds", 2, state={"position": torch.zeros(2), "velocity": torch.zeros(2)})
    with pytest.raises(ShapeError, match=r"state\.position: shape \(\) for each agent"):
        check_moving(world.with_population(bare), "birds", "fly")
