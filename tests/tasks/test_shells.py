import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.tasks.shells import Shells


def test_points_lie_between_the_radii_of_their_class() -> None:
    data = Shells().make("s", Draws.of(4, 2), torch.float64)
    for examples, samples in ((data.train, 4000), (data.test, 1000)):
        assert examples.inputs.shape == (2, samples, 10)
        r = examples.inputs.norm(dim=-1)
        outer = examples.targets[..., 1] == 1
        assert r[~outer].min() >= 0.9 and r[~outer].max() <= 1.1
        assert r[outer].min() >= 1.9 and r[outer].max() <= 2.1
        assert outer.sum(1).tolist() == [samples // 2, samples // 2]


def test_points_are_uniform_in_volume() -> None:
    # The share of a shell's volume below radius r is (r^d - a^d) / (b^d - a^d), so U(0, 1).
    task = Shells(dimensions=3, radii=((0.0, 1.0), (2.0, 4.0)), train=20_000, test=1)
    inputs = task.make("s", Draws.of(9), torch.float64).train.inputs[0]
    r = inputs.norm(dim=-1)
    for low, high in ((0.0, 1.0), (2.0, 4.0)):
        inside = r[(r >= low) & (r <= high)]
        share = ((inside**3 - low**3) / (high**3 - low**3)).sort().values
        uniform = torch.arange(1, len(share) + 1, dtype=torch.float64) / len(share)
        # Kolmogorov's distance exceeds 1.95 / sqrt(n) once in a thousand.
        assert (share - uniform).abs().max() < 1.95 / len(share) ** 0.5


def test_points_favour_no_direction() -> None:
    inputs = Shells(train=20_000).make("s", Draws.of(1), torch.float64).train.inputs[0]
    unit = inputs / inputs.norm(dim=-1, keepdim=True)
    assert unit.mean(0).abs().max() < 5 / (10 * 20_000) ** 0.5
    second = unit.T @ unit / 20_000
    assert (second - torch.eye(10) / 10).abs().max() < 0.01


def test_a_shell_a_class_and_replicas_with_points_of_their_own() -> None:
    task = Shells(dimensions=4, radii=((0.5, 1.0), (1.5, 2.0), (3.0, 4.0)), train=30, test=9)
    together = task.make("s", Draws.of(5, 2), torch.float32).train
    alone = task.make("s", Draws.of(5), torch.float32).train
    assert (task.input_size(), task.output_size()) == (4, 3)
    assert together.goal == "classes"
    assert together.targets.sum(1).tolist() == [[10, 10, 10], [10, 10, 10]]
    assert torch.equal(together.inputs[:1], alone.inputs)
    assert not torch.equal(together.inputs[0], together.inputs[1])


def test_many_dimensions_overflow_nothing() -> None:
    task = Shells(dimensions=2000, radii=((9.0, 11.0), (19.0, 21.0)), train=10, test=2)
    r = task.make("s", Draws.of(5), torch.float32).train.inputs[0].norm(dim=-1)
    assert bool(torch.isfinite(r).all()) and r.max() < 21.01


def test_a_shell_inside_out_is_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        Shells(radii=((0.9, 1.1), (2.1, 1.9)))
    assert str(error.value) == (
        "radii[1]: inner radius 2.1, outer radius 1.9\n"
        "  expected: inner below outer in every pair\n"
        "  fix: write [1.9, 2.1]"
    )
