import pytest
import torch

from netware.edges import Edges
from netware.errors import ShapeError
from netware.rules.base import Acting
from netware.rules.games.spatial_dilemma import SpatialDilemma
from tests.rules.games.players import played, players, square_grid, strategies


def by_hand(play: list[int], neighbours: list[list[int]], b: float, self_play: bool) -> list[int]:
    """One step, agent by agent, from the words of the paper."""
    earned = []
    for i, near in enumerate(neighbours):
        met = near + [i] * self_play
        earned.append(sum((b if play[i] else 1.0) for j in met if play[j] == 0))
    copied = []
    for i, near in enumerate(neighbours):
        best = max(earned[j] for j in [i, *near])
        winners = {play[j] for j in [i, *near] if earned[j] == best}
        copied.append(play[i] if play[i] in winners else winners.pop())
    return copied


@pytest.mark.parametrize("self_play", ["included", "excluded"])
@pytest.mark.parametrize("b", [1.3, 1.85, 1.63])
def test_it_is_the_game_by_hand(b, self_play):
    side, chance = 7, torch.Generator().manual_seed(round(100 * b))
    start = (torch.rand(side * side, generator=chance) < 0.3).long().tolist()
    links = square_grid(side)
    near = [[] for _ in range(side * side)]
    for one, other in links:
        near[one].append(other)
        near[other].append(one)
    world = players(links, side * side, start)
    rule, expected = SpatialDilemma("people", "near", b, self_play=self_play), start
    for _ in range(6):
        world = played(world, rule, 1)
        expected = by_hand(expected, near, b, self_play == "included")
        assert strategies(world).tolist() == expected


def test_on_a_tie_each_keeps_its_own():
    # Pairs apart from each other, nobody plays with itself, all defect or all cooperate.
    world = players([(0, 1), (2, 3)], 4, [1, 1, 0, 0])
    rule = SpatialDilemma("people", "near", 1.0, self_play="excluded")
    assert strategies(played(world, rule, 3)).tolist() == [1, 1, 0, 0]
    # b = 1: a cooperator among cooperators earns what the defector beside them earns.
    ring = players([(0, 1), (1, 2), (2, 3), (3, 0)], 4, [0, 0, 0, 1])
    assert strategies(played(ring, rule, 1)).tolist() == [0, 0, 0, 1]


def test_an_agent_alone_keeps_its_strategy():
    world = played(players([(0, 1)], 3, [0, 1, 1]), SpatialDilemma("people", "near", 1.5), 5)
    assert strategies(world)[2] == 1


def test_replicas_do_not_meet_and_draw_their_own_start():
    rule = SpatialDilemma("people", "near", defectors=0.5)
    world = rule.prepare(players(square_grid(9), 81, replicas=3), Acting("play"))
    first, second, _ = world.per_replica(strategies(world))
    assert not torch.equal(first, second)
    three = played(players(square_grid(9), 81, replicas=3), rule, 5)
    one = played(players(square_grid(9), 81), rule, 5)
    assert torch.equal(strategies(three)[:81], strategies(one))


def test_starts():
    lone = SpatialDilemma("people", "near", start="lone_defector")
    world = lone.prepare(players(square_grid(9), 81), Acting("play"))
    assert strategies(world).nonzero()[:, 0].tolist() == [40]
    share = SpatialDilemma("people", "near", defectors=0.1)
    world = share.prepare(players([], 20_000), Acting("play"))
    assert strategies(world).double().mean() == pytest.approx(0.1, abs=0.01)


def test_payoffs_are_those_of_the_step():
    # Three in a row: C D C.
    world = played(players([(0, 1), (1, 2)], 3, [0, 1, 0]), SpatialDilemma("people", "near"), 1)
    assert world["people"]["payoff"].tolist() == pytest.approx([1.0, 3.7, 1.0])


def test_strategies_that_are_no_pair_and_relations_between_others_are_refused():
    with pytest.raises(ShapeError, match=r"shape \(3,\) for each agent"):
        played(players([], 2, [0, 2], 3), SpatialDilemma("people", "near"), 0)
    none = torch.zeros(0, dtype=torch.int64)
    world = players([], 4).with_edges("near", Edges.from_pairs(none, none, 7, 4))
    with pytest.raises(ShapeError, match=r"rules\.play\.over: 'near', which joins 7 agents with 4"):
        played(world, SpatialDilemma("people", "near"), 0)
