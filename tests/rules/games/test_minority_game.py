import pytest
import torch

from netware.rules.base import Acting
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


def test_coins_ignore_strategies():
    rule, world, found = MinorityGame("people", 2, decides="coin"), players([], 1001), []
    world = rule.prepare(world, Acting("play"))
    for _ in range(200):
        world = rule.apply(world, Acting("play")).advanced()
        found.append(float(world["people"]["choice"].double().sum()))
    attendance = torch.tensor(found)
    assert float(attendance.square().mean()) / 1001 == pytest.approx(1, abs=4 * (2 / 200) ** 0.5)
    assert abs(float(attendance.mean())) < 4 * (1001 / 200) ** 0.5
