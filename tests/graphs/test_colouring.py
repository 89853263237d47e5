"""Sublattices: two where two will do, and never two neighbours in one."""

import numpy as np
import pytest
import torch

from netware.edges import Edges
from netware.graphs.colouring import sublattices


def joined(pairs: list[tuple[int, int]], agents: int) -> Edges:
    both = torch.tensor(pairs + [(b, a) for a, b in pairs]).long().reshape(-1, 2)
    return Edges.from_pairs(both[:, 0], both[:, 1], agents, agents)


def ring(agents: int, first: int = 0) -> list[tuple[int, int]]:
    return [(first + i, first + (i + 1) % agents) for i in range(agents)]


def test_a_ring_of_even_length_is_a_checkerboard_and_one_of_odd_length_needs_three():
    group, groups = sublattices(joined(ring(8), 8))
    assert groups == 2 and group.tolist() == [0, 1] * 4
    group, groups = sublattices(joined(ring(7), 7))
    assert groups == 3 and group.tolist() == [0, 1, 0, 1, 0, 1, 2]


def test_parts_do_not_know_of_each_other():
    together, groups = sublattices(joined(ring(7) + ring(8, first=7), 15))
    assert groups == 3
    assert torch.equal(together[:7], sublattices(joined(ring(7), 7))[0])
    assert torch.equal(together[7:], sublattices(joined(ring(8), 8))[0])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_is_first_fit_in_the_order_of_ids(seed):
    generator = np.random.default_rng(seed)
    pairs = [(a, b) for a in range(40) for b in range(a) if generator.random() < 0.15]
    edges = joined([*pairs, (0, 1), (1, 2), (0, 2)], 40)
    near = [set(edges.source[edges.target == agent].tolist()) for agent in range(40)]
    expected: list[int] = []
    for agent in range(40):
        taken = {expected[other] for other in near[agent] if other < agent}
        expected.append(min(set(range(41)) - taken))
    group, groups = sublattices(edges)
    assert group.tolist() == expected and groups == max(expected) + 1


def test_agents_without_edges_are_one_group_and_one_way_edges_count():
    assert sublattices(joined([], 3))[1] == 1
    one_way = Edges.from_pairs(torch.tensor([0, 1]), torch.tensor([1, 2]), 3, 3)
    assert sublattices(one_way)[0].tolist() == [0, 1, 0]
