"""Overlap: of each agent, of the best, and of the vote of all."""

import torch
from torch import Tensor

from netware.draws import Draws
from netware.population import Population
from netware.probes.memory.overlap import Overlap
from netware.world import World


def world(s: Tensor, xi: Tensor) -> World:
    """Makes a world of states and targets `[replicas, agents, units]`."""
    replicas, agents, _ = s.shape
    state = {"output": s.flatten(0, 1), "target": xi.expand_as(s).flatten(0, 1)}
    population = Population("memories", agents, replicas, state=state, dtype=s.dtype)
    return World(draws=Draws.of(0, replicas), populations={"memories": population})


def corrupted(xi: Tensor, agents: int, corruption: float, seed: int) -> Tensor:
    replicas, units = xi.shape
    drawn = torch.rand(replicas, agents, units, generator=torch.Generator().manual_seed(seed))
    return torch.where(drawn < corruption, -xi[:, None], xi[:, None])


def signs(*shape: int) -> Tensor:
    drawn = torch.rand(shape, generator=torch.Generator().manual_seed(5))
    return (drawn < 0.5).float() * 2 - 1


def test_four_units_by_hand():
    xi = torch.tensor([1.0, 1.0, -1.0, -1.0])
    s = torch.tensor([[[1.0, 1, -1, -1], [1, 1, -1, 1], [-1, -1, 1, 1]]])
    read = Overlap("memories").read(world(s, xi))
    assert read["overlap"].tolist() == [[1.0, 0.5, -1.0]]
    assert read["best"].tolist() == [1.0]
    torch.testing.assert_close(read["mean"], torch.tensor([0.5 / 3]))
    torch.testing.assert_close(read["recalled"], torch.tensor([1 / 3]))
    assert read["group"].tolist() == [0.5], "the majority is wrong on the last unit alone"


def test_the_vote_of_many_is_better_than_any_of_them_if_they_err_independently():
    xi = signs(4, 200)
    s = corrupted(xi, 101, 0.3, seed=1)
    read = Overlap("memories").read(world(s, xi[:, None]))
    assert (read["mean"] - 0.4).abs().max() < 4 * (0.84 / (101 * 200)) ** 0.5
    assert (read["best"] < 0.75).all()
    assert (read["group"] > 0.99).all()
    alike = s[:, :1].expand_as(s)
    same = Overlap("memories").read(world(alike, xi[:, None]))
    torch.testing.assert_close(same["group"], same["best"], msg="alike, they are one agent")


def test_the_threshold_says_what_counts_as_recalled():
    xi = signs(2, 100)
    s = corrupted(xi, 60, 0.2, seed=2)
    m = torch.einsum("rau,ru->ra", s, xi) / 100
    for threshold in (0.5, 0.6, 0.7):
        read = Overlap("memories", threshold=threshold).read(world(s, xi[:, None]))
        torch.testing.assert_close(read["recalled"], (m > threshold).float().mean(1))


def test_agents_shown_different_patterns_are_each_held_to_their_own():
    xi = signs(2, 3, 50)
    read = Overlap("memories").read(world(xi, xi))
    assert read["overlap"].tolist() == [[1.0] * 3] * 2
    vote = xi.mean(1).sign()
    expected = torch.einsum("ru,rau->ra", vote, xi).mean(1) / 50
    torch.testing.assert_close(read["group"], expected)
    assert (read["group"] < 1).all()


def test_a_mean_of_states_counts_by_its_size_and_votes_by_its_sign():
    xi = signs(1, 40)
    read = Overlap("memories").read(world(0.25 * xi[:, None].expand(1, 7, 40), xi))
    torch.testing.assert_close(read["mean"], torch.tensor([0.25]))
    assert read["group"].tolist() == [1.0]
    assert set(read) == set(Overlap.quantities)


def test_patterns_of_other_numbers_have_the_cosine():
    white = (signs(1, 3, 64) + 1) / 2
    for scale in (1.0, 255.0, 0.01):
        xi = scale * white
        read = Overlap("memories").read(world(xi, xi))
        torch.testing.assert_close(read["overlap"], torch.ones(1, 3))
        assert read["recalled"].tolist() == [1.0]
        blurred = Overlap("memories").read(world(xi.mean(1, keepdim=True).expand_as(xi), xi))
        mean = white.mean(1, keepdim=True)
        expected = (mean * white).sum(2) / (mean.norm(dim=2) * white.norm(dim=2))
        torch.testing.assert_close(blurred["overlap"], expected)
        torch.testing.assert_close(blurred["group"], expected.mean(1))
        assert (blurred["overlap"] < 0.95).all() and (blurred["recalled"] < 1).all()


def test_a_state_or_pattern_of_zeros_overlaps_with_nothing():
    zeros, xi = torch.zeros(1, 2, 5), torch.full((1, 2, 5), 3.0)
    assert Overlap("memories").read(world(zeros, xi))["overlap"].tolist() == [[0, 0]]
    assert Overlap("memories").read(world(xi, zeros))["overlap"].tolist() == [[0, 0]]


def test_agents_with_patterns_of_both_kinds_are_each_measured_by_their_own():
    xi = torch.tensor([[[1.0, -1.0, 1.0, 1.0], [0.0, 2.0, 2.0, 0.0]]])
    read = Overlap("memories").read(world(0.5 * xi, xi))
    torch.testing.assert_close(read["overlap"], torch.tensor([[0.5, 1.0]]))
