from typing import Literal

import pytest
import torch

from netware.errors import ScenarioError, ShapeError
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.games.replicator import Replicator
from tests.rules.games.players import played, players


ROCK_PAPER_SCISSORS = ((0.0, -1.0, 1.0), (1.0, 0.0, -1.0), (-1.0, 1.0, 0.0))


def groups(x: list[list[float]], dt: float = 0.01, dtype=torch.float64):
    world = players([], len(x), dtype=dtype)
    people = world["people"].with_state({"strategy": torch.tensor(x, dtype=dtype)})
    return type(world)(world.draws, {"people": people}, edges=world.edges, dt=dt)


def test_one_euler_step_is_the_equation_by_hand():
    world = played(groups([[0.25, 0.75]], dt=0.1), Replicator("people", method="euler"), 1)
    # A x = (-1 * .25 + 2 * .75, .75) = (1.25, .75), x . A x = .875.
    expected = 0.25 + 0.1 * 0.25 * (1.25 - 0.875)
    assert world["people"]["strategy"][0].tolist() == pytest.approx([expected, 1 - expected])
    assert world["people"]["payoff"].tolist() == pytest.approx([0.875])


def test_rk4_is_of_fourth_order_and_euler_of_first():
    def at_one(method: Literal["rk4", "euler"], steps: int) -> torch.Tensor:
        world = groups([[0.1, 0.9]], dt=1 / steps)
        return played(world, Replicator("people", method=method), steps)["people"]["strategy"]

    exact = at_one("rk4", 512)
    orders: dict[Literal["rk4", "euler"], int] = {"rk4": 4, "euler": 1}
    for method, order in orders.items():
        coarse, fine = ((at_one(method, steps) - exact).abs().max() for steps in (8, 16))
        assert coarse / fine == pytest.approx(2**order, rel=0.25)


def test_shares_stay_shares_and_a_strategy_that_died_stays_dead():
    world = played(groups([[0.2, 0.0, 0.8]]), Replicator("people", ROCK_PAPER_SCISSORS), 500)
    x = world["people"]["strategy"]
    assert x.sum().item() == pytest.approx(1.0, abs=1e-14) and x[0, 1] == 0 and (x >= 0).all()


def test_payoffs_far_below_zero_do_not_leave_the_simplex():
    losses = tuple(tuple(value - 50 for value in row) for row in ((-1.0, 2.0), (0.0, 1.0)))
    x = played(groups([[0.05, 0.95]], 0.05), Replicator("people", losses), 2000)["people"]
    assert (x["strategy"] - 0.5).abs().max() < 1e-9


def test_every_group_grows_by_itself():
    together = played(groups([[0.1, 0.9], [0.8, 0.2]]), Replicator("people"), 20)
    alone = played(groups([[0.8, 0.2]]), Replicator("people"), 20)
    assert torch.equal(together["people"]["strategy"][1], alone["people"]["strategy"][0])


def test_weights_are_made_shares_and_missing_ones_are_drawn_from_the_simplex():
    given = Replicator("people").prepare(groups([[1.0, 3.0]]), Acting("grow"))
    assert given["people"]["strategy"].tolist() == [[0.25, 0.75]]
    rule = Replicator("people", ROCK_PAPER_SCISSORS)
    drawn = rule.prepare(players([], 4000), Acting("grow"))["people"]["strategy"]
    assert (drawn.sum(1) - 1).abs().max() < 1e-12 and (drawn >= 0).all()
    # On the simplex of three shares each has mean 1/3 and variance 1/18.
    assert drawn.mean(0).tolist() == pytest.approx([1 / 3] * 3, abs=0.015)
    assert drawn.var(0).tolist() == pytest.approx([1 / 18] * 3, rel=0.1)


def test_float32_stays_float32():
    x = played(groups([[0.3, 0.7]], dtype=torch.float32), Replicator("people"), 3)["people"]
    assert x["strategy"].dtype == x["payoff"].dtype == torch.float32


def test_what_is_no_game_or_no_share_is_refused():
    with pytest.raises(
        ScenarioError, match=r"replicator\.payoff: 2 rows, and a row of 3"
    ) as caught:
        Replicator("people", ((1.0, 2.0), (1.0, 2.0, 3.0)))
    assert "row = own strategy" in str(caught.value)
    with pytest.raises(ScenarioError, match="2 agents with a share below 0, or with none above"):
        played(groups([[-1.0, 2.0], [0.0, 0.0], [1.0, 1.0]]), Replicator("people"), 0)
    three = Population("people", 1, state={"strategy": torch.ones(1, 3)})
    with pytest.raises(ShapeError, match=r"shape \(3,\) for each agent\n  expected: \(2,\)"):
        played(players([], 1).with_population(three), Replicator("people"), 0)
