import numpy as np
import torch

from netware.rules.consensus.average_consensus import AverageConsensus
from netware.rules.consensus.signed_consensus import SignedConsensus
from tests.rules.agreeing import after, numbers, ring, world_of


RULE = SignedConsensus("people", "talks", gain=0.2)


def test_two_camps_reach_opposite_sides_of_the_same_number():
    camp = np.array([1, 1, -1, -1, 1, -1])
    x = numbers(1, 6)
    world = world_of(x, ring(6) * np.outer(camp, camp), column="opinion")
    limit = torch.from_numpy(camp) * (torch.from_numpy(camp) * x).mean()
    found = after(world, RULE, 400)["people"]["opinion"]
    assert (found - limit).abs().max() < 1e-12
    assert limit.abs().max() > 0.01


def test_one_enmity_too_many_and_all_come_to_nothing():
    matrix = ring(5)
    matrix[0, 1] = matrix[1, 0] = -1
    world = world_of(numbers(2, 5), matrix, column="opinion")
    assert after(world, RULE, 2000)["people"]["opinion"].abs().max() < 1e-12


def test_without_distrust_it_is_average_consensus():
    x = numbers(3, 8, 2)
    one = after(world_of(x, ring(8), column="opinion"), RULE, 5)
    plain = AverageConsensus("people", "talks", "opinion", 0.2)
    two = after(world_of(x, ring(8), column="opinion"), plain, 5)
    assert (one["people"]["opinion"] - two["people"]["opinion"]).abs().max() < 1e-14
