import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netware.draws import Draws, Purpose, replica_seeds
from netware.rules.consensus.deffuant import Deffuant
from netware.rules.consensus.gossip import Gossip
from netware.rules.matching import Meetings, Order, approached, drawn
from tests.rules.agreeing import ACTING, edges_of, numbers, path, ring, world_of


def one_after_another(x: torch.Tensor, meetings: Meetings, share: float) -> torch.Tensor:
    x = x.clone()
    for one, other in zip(meetings.first.tolist(), meetings.second.tolist(), strict=True):
        step = (x[other] - x[one]) * share
        x[one] += step
        x[other] -= step
    return x


@given(st.integers(0, 2**31), st.integers(2, 12), st.integers(0, 40))
def test_rounds_of_sequential_pairs_equal_one_after_another(seed, agents, many):
    chance = np.random.default_rng(seed)
    first, second = (torch.from_numpy(chance.integers(0, agents, many)) for _ in range(2))
    meetings, x = Meetings(first, second, "sequential"), numbers(seed, agents, 2)
    found, taken = x, 0
    for one, other in meetings.rounds(agents):
        together = torch.cat([one, other[one != other]])
        assert len(together.unique()) == len(together)
        found, taken = approached(found, one, other, 0.3, 0.3), taken + len(one)
    assert taken == many
    # Pairs with themselves do nothing either way.
    assert torch.equal(found, one_after_another(x, meetings, 0.3))


@given(st.integers(0, 2**31), st.integers(2, 12), st.integers(1, 40))
def test_disjoint_pairs_share_nobody_and_the_first_of_all_meets(seed, agents, many):
    chance = np.random.default_rng(seed)
    first = torch.from_numpy(chance.integers(0, agents, many))
    second = (first + torch.from_numpy(chance.integers(1, agents, many))) % agents
    rounds = list(Meetings(first, second, "disjoint").rounds(agents))
    assert len(rounds) == 1
    one, other = rounds[0]
    meets = one != other
    together = torch.cat([one[meets], other[meets]])
    assert len(together.unique()) == len(together)
    assert meets[0] and torch.equal(one, first)


@pytest.mark.parametrize("order", ["disjoint", "sequential"])
@pytest.mark.parametrize("pairs", [0, 3])
def test_any_two_meet_in_one_replica(order, pairs):
    world = world_of(numbers(1, 3 * 11), replicas=3)
    found = drawn(world, ACTING, world["people"], None, pairs, order)
    assert len(found.first) == 3 * (pairs or 5)
    assert torch.equal(found.first // 11, found.second // 11)
    assert (found.first != found.second).all()
    if order == "disjoint":
        assert len(torch.cat([found.first, found.second]).unique()) == 2 * len(found.first)


@pytest.mark.parametrize("order", ["disjoint", "sequential"])
def test_along_edges_each_calls_one_that_it_hears(order):
    matrix = path(9)
    matrix[4] = 0
    world = world_of(numbers(2, 2 * 9), matrix, replicas=2)
    edges = world.edges["talks"]
    found = drawn(world, ACTING, world["people"], edges, 0, order)
    hears = set(zip(edges.target.tolist(), edges.source.tolist(), strict=True))
    for one, other in zip(found.first.tolist(), found.second.tolist(), strict=True):
        assert (one, other) in hears and one % 9 != 4
    if order == "disjoint":
        assert sorted(found.first.tolist()) == [one for one in range(18) if one % 9 != 4]
    nobody = drawn(world, ACTING, world["people"], edges_of(np.zeros((9, 9)), 2), 0, order)
    assert len(nobody.first) == len(nobody.second) == 0


def called_one_by_one(world, edges) -> list[tuple[int, int]]:
    """Lets agents wake one after another, as the docstring of `drawn` says; who has met whom."""
    agents, met = world["people"].agents, []

    def stream(use: str):
        return world.draws.stream(Purpose.RULE, f"{ACTING.rule}/{use}", agents, world.step)

    words = stream("called").words().view(-1, agents)
    for replica, order in enumerate(stream("order").order().view(-1, agents).tolist()):
        busy = set()
        for place, one in enumerate(order):
            heard = edges.source[edges.pointer[one] : edges.pointer[one + 1]].tolist()
            if not heard:
                continue
            other = heard[int(words[replica, place]) * len(heard) >> 32]
            if not {one, other} & busy:
                met.append((one, other))
            busy |= {one, other}
    return met


@given(st.integers(0, 2**31), st.integers(2, 9), st.floats(0, 0.6))
def test_on_directed_graphs_calls_are_what_they_are_one_by_one(seed, agents, density):
    matrix = (np.random.default_rng(seed).random((agents, agents)) < density) * 1.0
    np.fill_diagonal(matrix, 0)
    x = numbers(seed, 2 * agents)
    world = world_of(x, matrix, replicas=2, column="opinion", seed=seed)
    met = called_one_by_one(world, world.edges["talks"])
    expected = x.clone()
    for one, other in met:
        step = (x[other] - x[one]) * 0.5
        expected[one] += step
        expected[other] -= step
    for rule in (
        Gossip("people", "talks", "opinion"),
        Deffuant("people", 10.0, over="talks"),
    ):
        assert torch.equal(rule.apply(world, ACTING)["people"]["opinion"], expected)


def counted(matrix: np.ndarray | None, order: Order, pairs: int, replicas: int, agents: int):
    """Counts how often each two meet, whoever calls, in all replicas together."""
    matrices = () if matrix is None else (matrix,)
    world = world_of(numbers(3, agents * replicas), *matrices, replicas=replicas)
    found = drawn(world, ACTING, world["people"], world.edges.get("talks"), pairs, order)
    met = np.zeros((agents, agents))
    np.add.at(met, (found.first.numpy() % agents, found.second.numpy() % agents), 1)
    return np.triu(met + met.T)


@pytest.mark.parametrize("order", ["disjoint", "sequential"])
def test_all_meet_equally_often(order):
    """Six agents, 15 pairs: chi squared of 14 degrees of freedom stays below its 0.999 quantile.

    Disjoint pairs of one step exclude each other, which only makes the counts more even.
    """
    met = counted(None, order, 2, 3000, 6)[np.triu_indices(6, 1)]
    assert met.sum() == 6000
    assert ((met - 400) ** 2 / 400).sum() < 36.1


def test_callers_on_a_graph_call_each_neighbour_equally_often():
    """P(i and j) = (1/d_i + 1/d_j) / n, as clocks that ring at random have it (Boyd et al.)."""
    matrix = path(5)
    matrix[0, 2] = matrix[2, 0] = 1
    met, degree, steps = counted(matrix, "sequential", 4, 2500, 5), matrix.sum(1), 10000
    one, other = np.nonzero(np.triu(matrix))
    expected = steps * (1 / degree[one] + 1 / degree[other]) / 5
    assert (((met[one, other] - expected) ** 2) / expected).sum() < 20.5  # 5 links, 0.999


@pytest.mark.parametrize("pairs", [0, 2])
@pytest.mark.parametrize("order", ["disjoint", "sequential"])
def test_empty_places_move_no_meeting_of_those_who_are_there(order, pairs):
    matrix, agents, places = ring(5), 5, 9
    wider = np.zeros((places, places))
    wider[:agents, :agents] = matrix
    for seed in range(20):
        alone = world_of(numbers(4, agents), matrix, seed=seed)
        roomy = world_of(numbers(4, places), wider, seed=seed)
        alive = torch.arange(places) < agents
        roomy = roomy.with_state("people", alive=alive)
        found, expected = (
            drawn(world, ACTING, world["people"], world.edges["talks"], pairs, order)
            for world in (roomy, alone)
        )
        assert found.first.tolist() == expected.first.tolist()
        assert found.second.tolist() == expected.second.tolist()


def test_replicas_draw_as_single_runs_with_their_seeds():
    world = world_of(numbers(4, 4 * 7), ring(7), replicas=4)
    alone = [world_of(numbers(4, 7), ring(7), seed=seed) for seed in replica_seeds(3, 4)]
    assert torch.equal(Draws.of(3, 4).keys[0], alone[0].draws.keys[0])
    for order in ("disjoint", "sequential"):
        for relation in (None, "talks"):
            both = drawn(
                world, ACTING, world["people"], relation and world.edges[relation], 0, order
            )
            for replica, one in enumerate(alone):
                own = drawn(one, ACTING, one["people"], relation and one.edges[relation], 0, order)
                part = slice(replica * len(own.first), (replica + 1) * len(own.first))
                assert torch.equal(both.first[part] - 7 * replica, own.first)
                assert torch.equal(both.second[part] - 7 * replica, own.second)
