import pytest
import torch

from netware.rules.games.minority_game import MinorityGame
from tests.rules.games.players import played, players


def test_a_round_is_the_equation_by_hand():
    agents, memory = 7, 3
    world = played(players([], agents, replicas=2), MinorityGame("people", memory), 40)
    before = {name: value.clone() for name, value in world["people"].state.items()}
    after = played(world, MinorityGame("people", memory), 1)["people"]
    for replica in range(2):
        own = range(replica * agents, (replica + 1) * agents)
        attendance = sum(int(after["choice"][i]) for i in own)
        sign = (attendance > 0) - (attendance < 0)
        for i in own:
            mu = int(before["history"][i])
            advice = before["strategies"][i, :, mu].double()
            best = before["scores"][i].max()
            liked = {int(a) for a, u in zip(advice, before["scores"][i], strict=True) if u == best}
            assert int(after["choice"][i]) in liked
            assert torch.equal(after["scores"][i], before["scores"][i] - advice * sign)
            assert after["payoff"][i] == -after["choice"][i] * sign
            assert after["history"][i] == (2 * mu + (attendance < 0)) % 8
            counted = after["attendance"][i] - before["attendance"][i]
            assert counted.tolist() == [1, attendance, attendance**2]


def test_equal_scores_are_decided_by_chance():
    world = played(players([], 2000), MinorityGame("people", 2), 0)
    people = world["people"]
    after = played(world, MinorityGame("people", 2), 1)["people"]
    mu = people["history"][0]
    both = people["strategies"][:, :, mu].double()
    split = both[:, 0] != both[:, 1]
    first = after["choice"][split] == both[split, 0]
    assert first.double().mean() == pytest.approx(0.5, abs=4 * 0.5 / split.sum().item() ** 0.5)


def test_strategies_are_fair_and_agents_and_replicas_have_their_own():
    world = played(players([], 101, replicas=2), MinorityGame("people", 6, strategies=3), 0)
    drawn = world["people"]["strategies"]
    assert drawn.shape == (202, 3, 64) and set(drawn.unique().tolist()) == {-1, 1}
    assert drawn.double().mean().abs() < 4 / (202 * 3 * 64) ** 0.5
    assert not torch.equal(drawn[0], drawn[1]) and not torch.equal(drawn[:101], drawn[101:])
    history = world.per_replica(world["people"]["history"])
    assert (history == history[:, :1]).all() and (history >= 0).all() and (history < 64).all()


def test_the_burn_is_not_counted():
    world = played(players([], 5), MinorityGame("people", 2, burn=30), 50)
    assert world["people"]["attendance"][0, 0] == 20


def test_coins_ignore_strategies():
    world = played(players([], 1001), MinorityGame("people", 2, decides="coin"), 200)
    rounds, total, squares = world["people"]["attendance"][0].tolist()
    assert squares / rounds / 1001 == pytest.approx(1.0, abs=4 * (2 / 200) ** 0.5)
    assert abs(total / rounds) < 4 * (1001 / 200) ** 0.5
