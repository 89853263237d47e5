import pytest
import torch

from netware.probes.flocking.cluster_sizes import ClusterSizes
from tests.rules.flocking.birds import birds


def test_chains_of_neighbours_are_one_group_and_replicas_are_apart():
    # Four in a chain and two far off; in the other replica a ring round the periodic box.
    first = [[1.0, 1.0], [1.9, 1.0], [2.8, 1.0], [3.7, 1.0], [7.0, 7.0], [7.0, 7.5]]
    second = [[x + 0.5, 5.0] for x in (0.0, 1.0, 2.0, 8.9, 8.0, 4.5)]
    position = torch.tensor(first + second)
    world = birds(position, torch.zeros(12, 2), 2, box=10.0, periodic=True)
    read = ClusterSizes("birds", 1.15).read(world)
    assert read["number"].tolist() == [2, 2]
    assert read["largest"].tolist() == pytest.approx([4 / 6, 5 / 6])
    assert read["mean_size"].tolist() == [3, 3]
    assert read["typical_size"].tolist() == pytest.approx([20 / 6, 26 / 6])
    alone = ClusterSizes("birds", 0.1).read(world)
    assert alone["number"].tolist() == [6, 6]
