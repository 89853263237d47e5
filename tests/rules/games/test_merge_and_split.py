from collections.abc import Iterator

import pytest
import torch

from netware.errors import ScenarioError, ShapeError
from netware.measures.coalition_games.airport import Airport
from netware.measures.coalition_games.glove import Glove
from netware.measures.coalition_games.size_power import SizePower
from netware.measures.coalition_games.weighted_voting import WeightedVoting
from netware.measures.coalitions import shapley_of_subgames, subsets, values_of_all
from netware.rules.games.merge_and_split import MergeAndSplit
from tests.rules.games.players import played, players


def society(labels: list[int] | None = None, worth=None, agents: int = 5, replicas: int = 1):
    world = players([], agents, replicas=replicas)
    columns = {}
    if labels is not None:
        columns["coalition"] = torch.tensor(labels).repeat(replicas)
    if worth is not None:
        columns["worth"] = torch.tensor(worth, dtype=torch.float64).repeat(replicas)
    return world.with_state("people", **columns)


def partition(world, replica: int = 0) -> set[frozenset[int]]:
    label = world.per_replica(world["people"]["coalition"])[replica].tolist()
    return {frozenset(i for i, own in enumerate(label) if own == one) for one in set(label)}


def earnings(rule: MergeAndSplit, worth: list[float]) -> dict[frozenset[int], dict[int, float]]:
    """What each member of each coalition earns, in plain Python."""
    agents = len(worth)
    values = values_of_all(rule.game, torch.tensor([worth], dtype=torch.float64))
    shapley = shapley_of_subgames(values)[0]
    found = {}
    for number, row in enumerate(subsets(agents, values).tolist()):
        members = frozenset(i for i, one in enumerate(row) if one)
        found[members] = {
            i: float(shapley[number, i])
            if rule.division == "shapley"
            else float(values[0, number]) / len(members)
            for i in members
        }
    return found


def changes(now: set[frozenset[int]], pays) -> Iterator[set[frozenset[int]]]:
    """Yields every partition that one improving merge, or split in two, leads to."""
    parts = sorted(now, key=sorted)

    def improves(old: list[frozenset[int]], new: list[frozenset[int]]) -> bool:
        before = {i: pays[part][i] for part in old for i in part}
        after = {i: pays[part][i] for part in new for i in part}
        better = [after[i] - before[i] for i in before]
        return min(better) >= -1e-9 and max(better) > 1e-9

    for chosen in range(1, 2 ** len(parts)):
        old = [part for k, part in enumerate(parts) if chosen >> k & 1]
        union = frozenset().union(*old)
        if len(old) > 1 and improves(old, [union]):
            yield (now - set(old)) | {union}
    for part in parts:
        members = sorted(part)
        for chosen in range(1, 2 ** len(members) - 1):
            one = frozenset(m for k, m in enumerate(members) if chosen >> k & 1)
            if improves([part], [one, part - one]):
                yield (now - {part}) | {one, part - one}


GAMES = (
    MergeAndSplit("people", WeightedVoting(quota=9.0)),
    MergeAndSplit("people", Glove(), division="shapley"),
    MergeAndSplit("people", Airport(scale=-1.0), division="shapley"),
    MergeAndSplit("people", SizePower(power=0.5)),
)


@pytest.mark.parametrize("rule", GAMES, ids=lambda rule: type(rule.game).__name__)
def test_each_step_is_one_of_the_improvements_and_it_ends_where_there_is_none(rule):
    worth = (
        [-3.0, 4.0, 2.0, -1.0, 5.0] if isinstance(rule.game, Glove) else [3.0, 4.0, 2.0, 1.0, 5.0]
    )
    pays = earnings(rule, worth)
    for start in ([0, 1, 2, 3, 4], [0, 0, 0, 0, 0], [3, 1, 3, 1, 1]):
        world = played(society(start, worth, replicas=3), rule, 0)
        for _ in range(30):
            after = played(world, rule, 1)
            for replica in range(3):
                now, then = partition(world, replica), partition(after, replica)
                possible = list(changes(now, pays))
                assert then in possible if possible else then == now
            world = after
        for replica in range(3):
            last = partition(world, replica)
            assert not list(changes(last, pays))
            own = world.per_replica(world["people"]["payoff"])[replica]
            expected = [next(pays[part][i] for part in last if i in part) for i in range(5)]
            assert own.tolist() == pytest.approx(expected)


def test_which_of_the_improvements_is_drawn():
    world = society(agents=6, replicas=200)
    after = played(world, MergeAndSplit("people", SizePower(power=2.0)), 1)
    firsts = {frozenset(partition(after, replica)) for replica in range(200)}
    # 2^6 - 7 unions of two singletons or more.
    assert len(firsts) > 40


def test_payoffs_are_there_from_the_start():
    world = played(society([0, 0, 1, 1, 1], [3.0, 1.0, 2.0, 2.0, 7.0]), MergeAndSplit("people"), 0)
    assert world["people"]["payoff"].tolist() == [2.0, 2.0, 3.0, 3.0, 3.0]
    grand = played(society(), MergeAndSplit("people", start="grand"), 0)
    assert partition(grand) == {frozenset(range(5))}


def test_too_many_agents_and_coalitions_that_are_none_are_refused():
    with pytest.raises(ScenarioError, match=r"13 agents, and so 2\^13 coalitions\n.*at most 12"):
        played(society(agents=13), MergeAndSplit("people"), 0)
    with pytest.raises(ScenarioError, match="expected: whole numbers from 0 to 4"):
        played(society([0, 1, 2, 3, 5]), MergeAndSplit("people"), 0)
    pairs = players([], 2).with_state("people", worth=torch.ones(2, 3))
    with pytest.raises(ShapeError, match=r"state\.worth: shape \(3,\) for each agent"):
        played(pairs, MergeAndSplit("people", Airport()), 0)
