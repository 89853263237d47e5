"""Rounds: whoever acts together could as well have acted one after another."""

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netware.draws import Draws
from netware.edges import Edges
from netware.population import Population
from netware.rules.base import AbstractRule, Acting, Reads
from netware.rules.consensus.average_consensus import AverageConsensus
from netware.simulation.order.independent_sets import (
    by_ids,
    in_turn,
    joins_itself,
    neighbours,
    one_by_one,
    order_of,
    rounds,
)
from netware.world import World
from tests.rules.agreeing import ACTING, edges_of, numbers, ring, world_of


AGREE = AverageConsensus("people", "talks", gain=0.3)


def directed(seed: int, agents: int, edges: int) -> np.ndarray:
    """Returns weights of random edges, one way or both, with loops."""
    chance = np.random.default_rng(seed)
    matrix = np.zeros((agents, agents))
    matrix[chance.integers(0, agents, edges), chance.integers(0, agents, edges)] = 0.5
    return matrix * chance.random((agents, agents)).round(2)


@given(st.integers(0, 2**31), st.integers(1, 15), st.integers(0, 60), st.integers(1, 3))
def test_each_acts_once_after_its_earlier_neighbours_and_before_its_later_ones(
    seed, agents, many, relations
):
    matrices = [directed(seed + one, agents, many) for one in range(relations)]
    rank = torch.from_numpy(np.random.default_rng(seed).permutation(agents))
    acted = list(rounds(rank, [neighbours(edges_of(matrix)) for matrix in matrices]))
    when = torch.empty(agents, dtype=torch.int64)
    for number, acting in enumerate(acted):
        assert torch.equal(acting, acting.unique())
        when[acting] = number
    assert torch.equal(torch.cat(acted).sort().values, torch.arange(agents))
    joined = np.stack([matrix + matrix.T for matrix in matrices]).sum(0) > 0
    for one, other in zip(*np.nonzero(joined), strict=True):
        if rank[one] < rank[other]:
            assert when[one] < when[other]
    # Nobody waits without need: who acts in round k > 0 has an earlier neighbour in round k - 1.
    for agent in range(agents):
        earlier = [when[o] for o in np.nonzero(joined[agent])[0] if rank[o] < rank[agent]]
        assert when[agent] == max(earlier, default=-1) + 1


@pytest.mark.parametrize("activation", ["sequential", "shuffled"])
@given(st.integers(0, 2**31), st.integers(2, 15), st.integers(0, 60), st.integers(1, 3))
def test_rounds_equal_one_after_another_bit_by_bit(activation, seed, agents, many, replicas):
    matrix = directed(seed, agents, many)
    x = numbers(seed, agents * replicas, *(2,) * (seed % 3))
    world = world_of(x.to([torch.float32, torch.float64][seed % 2]), matrix, replicas=replicas)
    together = in_turn(world, ACTING, AGREE, activation)["people"]["output"]
    alone = one_by_one(world, ACTING, AGREE, activation)["people"]["output"]
    assert torch.equal(together, alone)


def test_all_at_once_is_something_else():
    world = world_of(numbers(1, 30), ring(30))
    at_once = AGREE.apply(world, ACTING)["people"]["output"]
    assert (
        in_turn(world, ACTING, AGREE, "shuffled")["people"]["output"] - at_once
    ).abs().max() > 0.01


def test_one_after_another_by_hand():
    x, matrix = numbers(4, 8), directed(4, 8, 30)
    world, expected = world_of(x, matrix), x.tolist()
    for agent in order_of(world, ACTING, world["people"], "shuffled")[0].tolist():
        pull = sum(matrix[agent, j] * (expected[j] - expected[agent]) for j in range(8))
        expected[agent] += 0.3 * pull
    found = in_turn(world, ACTING, AGREE, "shuffled")["people"]["output"]
    assert found.tolist() == pytest.approx(expected, abs=1e-12)


def test_a_large_random_graph_takes_few_rounds_and_a_ring_in_its_order_takes_all():
    chance, agents = np.random.default_rng(2), 2000
    source, target = (torch.from_numpy(chance.integers(0, agents, 5 * agents)) for _ in range(2))
    graph = neighbours(Edges.from_pairs(source, target, agents, agents))
    rank = torch.from_numpy(chance.permutation(agents))
    assert len(list(rounds(rank, [graph]))) < 40
    circle = neighbours(edges_of(ring(50)))
    assert len(list(rounds(torch.arange(50), [circle]))) == 50
    assert len(list(rounds(torch.arange(50), []))) == 1


def test_an_order_is_one_of_every_replica_and_new_at_each_step():
    world = world_of(numbers(1, 3 * 40), ring(40), replicas=3)
    people = world["people"]
    order = order_of(world, ACTING, people, "shuffled")
    assert torch.equal(order.sort(1).values, torch.arange(120).view(3, 40))
    assert not torch.equal(order[0], order[1] - 40)
    assert not torch.equal(order, order_of(world.advanced(), ACTING, people, "shuffled"))
    assert not torch.equal(order, order_of(world, Acting("other"), people, "shuffled"))
    by_ids = order_of(world, ACTING, people, "sequential")
    assert torch.equal(by_ids, torch.arange(120).view(3, 40))


@dataclass(frozen=True)
class Counted(AbstractRule):
    says: tuple[str, ...] | None
    acting: list[int] = field(default_factory=list)

    on: ClassVar[str] = "people"  # type: ignore[misc]
    reads: ClassVar[Reads] = "anyone"

    def read_along(self) -> tuple[str, ...] | None:
        return self.says

    def apply(self, world: World, acting: Acting) -> World:
        assert acting.agents is not None
        self.acting.append(len(acting.agents))
        return AGREE.apply(world, acting)


def test_a_rule_that_does_not_say_whom_it_hears_acts_one_by_one():
    world = world_of(numbers(1, 120), ring(60), replicas=2)
    silent, open_ = Counted(None), Counted(("talks",))
    found = [
        in_turn(world, ACTING, rule, "shuffled")["people"]["output"] for rule in (silent, open_)
    ]
    assert torch.equal(*found)
    assert silent.acting == [2] * 60
    assert len(open_.acting) < 20 and sum(open_.acting) == 120


def test_who_says_that_it_hears_nobody_though_it_does_is_found_out():
    world = world_of(numbers(1, 60), ring(60))
    liar = in_turn(world, ACTING, Counted(()), "shuffled")["people"]["output"]
    alone = one_by_one(world, ACTING, AGREE, "shuffled")["people"]["output"]
    assert not torch.equal(liar, alone)


def test_edges_from_another_population_make_nobody_wait():
    people, others = (Population(name, 4, dtype=torch.float64) for name in ("people", "others"))
    edges = edges_of(ring(4))
    talks, hears = (replace(edges, between=(name, "people")) for name in ("people", "others"))
    world = World(
        Draws.of(1),
        {"people": people, "others": others},
        edges={"talks": talks, "hears": hears, "loose": edges},
    )
    assert joins_itself(world, "talks", people) and not joins_itself(world, "hears", people)
    assert joins_itself(world, "loose", people)


def test_rounds_in_the_order_of_ids_are_found_once_for_each_block_of_edges():
    edges = [neighbours(edges_of(directed(seed, 12, 20))) for seed in (1, 2)]
    rank = torch.arange(12)
    for near in edges * 2:
        found, expected = by_ids(rank, near), list(rounds(rank, [near]))
        assert len(found) == len(expected) > 1
        assert all(torch.equal(*both) for both in zip(found, expected, strict=True))


def test_neighbours_are_found_once_for_each_block_of_edges():
    edges = edges_of(directed(3, 9, 30))
    both = neighbours(edges)
    assert neighbours(edges) is both
    pairs = set(zip(both.source.tolist(), both.target.tolist(), strict=True))
    assert len(pairs) == both.count and pairs == {(b, a) for a, b in pairs}
    one_way = set(zip(edges.source.tolist(), edges.target.tolist(), strict=True))
    assert pairs == one_way | {(b, a) for a, b in one_way}
