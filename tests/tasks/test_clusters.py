import torch

from netware.draws import Draws
from netware.tasks.clusters import Clusters


def test_points_scatter_about_their_clusters_centre() -> None:
    task = Clusters(train=11_000, test=1100)
    data = task.make("c", Draws.of(6, 2), torch.float64)
    for replica in range(2):
        centres = []
        for k in range(1, 12):
            inside = data.train.inputs[replica][data.train.targets[replica, :, 0] == k]
            assert len(inside) == 1000
            # 10 000 deviates: their standard deviation is within 5 / sqrt(20 000) of sd.
            spread = (inside - inside.mean(0)).std()
            assert abs(spread / 0.05 - 1) < 5 / 20_000**0.5
            centres.append(inside.mean(0))
            tested = data.test.inputs[replica][data.test.targets[replica, :, 0] == k]
            assert (tested.mean(0) - inside.mean(0)).abs().max() < 6 * 0.05 / 10
        centre = torch.stack(centres)
        assert centre.min() > -0.01 and centre.max() < 1.01
        assert abs(centre.mean() - 0.5) < 5 * (1 / 12 / 110) ** 0.5


def test_the_paper_s_numbers_are_the_default() -> None:
    data = Clusters().make("c", Draws.of(1), torch.float32)
    assert data.train.inputs.shape == (1, 4000, 10)
    assert data.test.targets.shape == (1, 1000, 1)
    assert data.train.targets.unique().tolist() == list(range(1, 12))
    assert data.train.goal == "numbers"


def test_each_replica_has_centres_of_its_own_as_if_run_alone() -> None:
    task = Clusters(dimensions=3, clusters=4, train=20, test=8)
    together = task.make("c", Draws.of(7, 3), torch.float32)
    alone = task.make("c", Draws.of(7), torch.float32)
    assert (task.input_size(), task.output_size()) == (3, 1)
    assert torch.equal(together.test.inputs[:1], alone.test.inputs)
    assert (together.train.inputs[0] - together.train.inputs[1]).abs().max() > 0.1


def test_without_scatter_every_point_is_its_centre() -> None:
    data = Clusters(clusters=5, sd=0.0, train=10, test=5).make("c", Draws.of(3), torch.float64)
    assert torch.equal(data.train.inputs[:, :5], data.train.inputs[:, 5:])
    assert torch.equal(data.train.inputs[:, :5], data.test.inputs)
