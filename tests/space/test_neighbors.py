import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from netware.space.all_pairs import AllPairs
from netware.space.box import Space
from netware.space.cells import Cells
from netware.space.neighbors import (
    candidates,
    expected_pairs,
    pairs_within,
    pulls_within,
    sums_within,
)


def stand(agents: int, space: Space, seed: int, dtype=torch.float64) -> Tensor:
    chance = torch.Generator().manual_seed(seed)
    unit = torch.rand(agents, space.dimensions, generator=chance, dtype=dtype)
    return space.box * unit if space.periodic else space.box * (3 * unit - 1)


def soft(square: Tensor) -> Tensor:
    return 1 / (1 + square)


def brute(position: Tensor, radius: float, space: Space, replicas: int) -> tuple[Tensor, Tensor]:
    """Returns x_j - x_i and whether j is near, `[agents, agents]`, without any search."""
    gap = space.displacement(position[None, :] - position[:, None])
    replica = torch.arange(len(position)) // (len(position) // replicas)
    return gap, (gap.square().sum(-1) <= radius**2) & (replica[:, None] == replica[None, :])


def hold(position: Tensor, radius: float, space: Space, replicas: int) -> None:
    """Compares all three searches with brute force."""
    gap, near = brute(position, radius, space, replicas)
    weight = near * soft(gap.square().sum(-1))
    values = torch.stack([position[:, 0].sin(), torch.arange(len(position)) * 1.0], 1)
    sums, counts = sums_within(position, values, radius, space, replicas)
    assert torch.equal(counts, near.sum(1).to(counts))
    assert (sums - near.to(values) @ values).abs().max() < 1e-8
    sums, counts = sums_within(position, values, radius, space, replicas, soft)
    assert (counts - weight.sum(1)).abs().max() < 1e-9
    assert (sums - weight @ values).abs().max() < 1e-8
    pulls = pulls_within(position, radius, space, replicas, soft)
    assert (pulls - torch.einsum("ij,ijk->ik", weight, gap)).abs().max() < 1e-9
    edges = pairs_within(position, radius, space, replicas)
    apart = near & ~torch.eye(len(position), dtype=torch.bool)
    target, source = apart.nonzero().unbind(1)
    assert torch.equal(edges.target.long(), target) and torch.equal(edges.source.long(), source)


@given(
    st.integers(0, 2**31),
    st.integers(1, 40),
    st.integers(1, 3),
    st.sampled_from([2, 3]),
    st.booleans(),
    st.floats(0.01, 3.0),
)
def test_few_agents_meet_whom_brute_force_finds(
    seed, agents, replicas, dimensions, periodic, radius
):
    space = Space(dimensions, 1.7, periodic)
    hold(stand(agents * replicas, space, seed), radius, space, replicas)


@pytest.mark.parametrize("box", [0.5, 1.1, 2.9, 3.0, 3.1, 4.5, 12.0, 200.0])
@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("dimensions", [2, 3])
def test_many_agents_meet_whom_brute_force_finds(dimensions, periodic, box):
    space = Space(dimensions, box, periodic)
    hold(stand(1600, space, 7), 1.0, space, 2)


def test_cells_are_used_where_they_pay_and_all_pairs_elsewhere():
    wide, narrow = Space(2, 50.0), Space(2, 2.5)
    assert isinstance(candidates(stand(2000, wide, 1), 1.0, wide, 1), Cells)
    assert isinstance(candidates(stand(2000, wide, 1), 1.0, wide, 4), AllPairs)
    assert isinstance(candidates(stand(2000, narrow, 1), 1.0, narrow, 1), AllPairs)


def test_a_clump_and_a_far_wanderer_in_open_space():
    space = Space(2, 10.0, False)
    position = 0.01 * stand(1500, space, 2)
    position[0] = 1e7
    position[1] = -3e6
    hold(position, 0.05, space, 1)


def test_agents_on_the_borders_of_cells_and_of_the_box():
    space = Space(2, 14.0)
    line = torch.arange(0, 14.0, 0.5, dtype=torch.float64)
    position = torch.cartesian_prod(line, line)
    position[5] = torch.tensor([14.0, 14.0], dtype=torch.float64)
    position[6] = torch.tensor([-1e-18, 12.0], dtype=torch.float64)
    position[7] = torch.tensor([29.0, -7.0], dtype=torch.float64)
    hold(position, 1.0, space, 1)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("agents", [1, 5, 33, 257, 400, 699, 2001, 10_000])
def test_each_replica_has_the_bits_of_a_single_run(agents, dimensions, dtype):
    space = Space(dimensions, 1 + (agents / 4) ** (1 / dimensions))
    position, values = (stand(3 * agents, space, seed, dtype) for seed in (3, 4))
    sums, counts = sums_within(position, values, 1.0, space, 3)
    pulls = pulls_within(position, 1.0, space, 3, soft)
    for r in range(3):
        own = slice(agents * r, agents * (r + 1))
        alone = sums_within(position[own], values[own], 1.0, space)
        assert torch.equal(alone[0], sums[own]) and torch.equal(alone[1], counts[own])
        assert torch.equal(pulls_within(position[own], 1.0, space, 1, soft), pulls[own])


def test_threads_change_no_bit():
    space = Space(2, 100.0)
    position, values = (stand(40_000, space, seed, torch.float32) for seed in (5, 6))
    one = sums_within(position, values, 1.0, space)
    torch.set_num_threads(2)
    try:
        two = sums_within(position, values, 1.0, space)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)
    assert torch.equal(one[0], two[0]) and torch.equal(one[1], two[1])


@pytest.mark.parametrize("agents", [300, 3000])
def test_opposite_pulls_are_opposite_bit_by_bit(agents):
    space = Space(2, 10.0)
    position = stand(agents, space, 8, torch.float32)
    alone = pulls_within(position[:2], 20.0, space)
    assert torch.equal(alone[0], -alone[1])
    pulls = pulls_within(position, 1.0, space, 1, soft).double()
    assert pulls.sum(0).abs().max() < 1e-4 * pulls.abs().sum(0).max()


def test_relabelling_agents_relabels_the_sums():
    space = Space(2, 40.0)
    position, values = (stand(3000, space, seed) for seed in (9, 10))
    order = torch.randperm(3000, generator=torch.Generator().manual_seed(11))
    sums, counts = sums_within(position, values, 1.0, space)
    again, number = sums_within(position[order], values[order], 1.0, space)
    assert torch.equal(counts[order], number)
    assert (sums[order] - again).abs().max() < 1e-12


@pytest.mark.parametrize("agents", [50, 2000])
def test_an_agent_that_is_nowhere_meets_nobody(agents):
    space = Space(2, 40.0)
    position = stand(agents, space, 12)
    position[3] = torch.nan
    _, counts = sums_within(position, position, 1.0, space)
    assert counts[3] == 0 and (counts[4:] >= 1).all()


def test_nothing_that_was_given_is_written_to():
    space = Space(2, 10.0)
    for agents in (100, 2000):
        position = 30 * stand(agents, space, 13) - 100
        values = position + 1
        before = position.clone(), values.clone()
        sums_within(position, values, 1.0, space, 1, soft)
        pulls_within(position, 1.0, space)
        pairs_within(position, 1.0, space)
        assert torch.equal(position, before[0]) and torch.equal(values, before[1])


@pytest.mark.parametrize("dimensions", [2, 3])
def test_the_expected_number_of_pairs(dimensions):
    space = Space(dimensions, 15.0)
    edges = pairs_within(stand(3000, space, 14), 1.0, space)
    assert edges.count == pytest.approx(expected_pairs(3000, 1.0, space), rel=0.1)
    assert expected_pairs(10, 100.0, space) == 90


@pytest.mark.parametrize("agents", [40, 1000])
@pytest.mark.parametrize("periodic", [True, False])
def test_within_an_infinite_radius_all_of_a_replica_meet(agents, periodic):
    space = Space(2, 10.0, periodic)
    position = stand(2 * agents, space, 15)
    sums, counts = sums_within(position, position, float("inf"), space, 2)
    assert (counts == agents).all()
    assert (sums[0] - position[:agents].sum(0)).abs().max() < 1e-8
    assert (sums[-1] - position[agents:].sum(0)).abs().max() < 1e-8
